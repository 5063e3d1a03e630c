// Who a waiter waits for: told when it changes, and refused when that can never end.
import type { LockOwner } from '../model/event.ts';
import { Failure } from '../model/failure.ts';
import { fateOf, isAncestor, isSame, type OwnerRecord, readOwner, toLockOwner } from './owner.ts';

/** An owner that writes its record does so within milliseconds; after some looks without one there will be none. */
const LOOKS_WITHOUT_OWNER = 4;

export interface LockWatch {
  /** @throws Failure LOCK_ANCESTOR when the owner waits for this process */
  look(): void;
}

export function createLockWatch(
  file: string,
  self: OwnerRecord,
  onWaiting: ((owner: LockOwner | undefined) => void) | undefined,
): LockWatch {
  let looks = 0;
  let last: OwnerRecord | undefined;
  return {
    look() {
      looks += 1;
      const owner = readOwner(file);
      if (owner === undefined) {
        if (looks === LOOKS_WITHOUT_OWNER && last === undefined) onWaiting?.(undefined);
        return;
      }
      if (last !== undefined && isSame(owner, last)) return;
      last = owner;
      if (isAncestor(owner, self)) throw ancestorOwns(file, owner);
      // A dead owner's record is about to be replaced by whoever took the lock from it.
      if (fateOf(owner, self) !== 'dead') onWaiting?.(toLockOwner(owner));
    },
  };
}

function ancestorOwns(file: string, { pid, command }: OwnerRecord): Failure {
  const message = `Cannot wait for the lock "${file}": process ${pid} ("${command}") holds it and waits for this one`;
  return new Failure('LOCK_ANCESTOR', message, {
    hint: 'Do not ask galley for a package from inside the commands that make it',
    facts: { path: file, pid },
  });
}
