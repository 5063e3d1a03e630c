// What an interrupted download leaves for the next one, in this process or another.
//
//   .<key>.<random>.tmp        the bytes; written by one process only, as nobody else knows its name
//   .<key>.<random>.tmp.json   which version of the file they are from, who is writing, what was whole when they stopped
//
// Two processes that fetch the same file each write their own. Bytes are taken over when their writer has put them down
// or is dead: whoever renames the file to one of their own owns it, and of several that try one succeeds. Its new name is
// one that is looked for, with a side-car that is there before it: who takes over may be killed, too. Only what a writer
// may still have that we cannot see is copied, so that one who was merely thought dead spoils nothing.
import { isFailure } from '../model/failure.ts';
import type { Clock } from '../system/clock.ts';
import { isErrno, unlessMissing } from '../system/errno.ts';
import type { Files } from '../system/files.ts';
import { describeSelf, type OwnerRecord } from '../system/owner.ts';
import { temporaryName } from '../system/temporary.ts';
import { readBytes } from './bytes.ts';
import type { Part } from './part.ts';
import { discard, findAbandoned, type Leftover, sideCar, versionOf, writeRecord } from './side-car.ts';
import type { Store } from './source.ts';

export interface Leftovers {
  /** A name for a new part. */
  newFile(key: string): string;
  /** Fills an empty part with what is left of an earlier one with this key, if anything is. */
  takeOver(part: Part, key: string, options: { trusts: boolean; signal: AbortSignal }): Promise<void>;
  /** Says which version of the file is being written, before its first byte. */
  describe(part: Part): Promise<void>;
  /** Leaves the part for the next one. */
  putDown(part: Part): Promise<void>;
  remove(part: Part): Promise<void>;
}

export interface LeftoverTools {
  store: Store;
  files: Files;
  clock: Clock;
}

export function createLeftovers(tools: LeftoverTools): Leftovers {
  const { store, files, clock } = tools;
  let own: OwnerRecord | undefined;
  // Who we are takes several questions to some systems, and most runs download nothing.
  const self = () => (own ??= { ...describeSelf(), command: 'galley', since: clock.now() });
  const newFile = (key: string) => store.partFile(temporaryName(key));
  return {
    newFile,
    async takeOver(part, key, { trusts, signal }) {
      for (const left of await findAbandoned(key, { ...tools, self: self() })) {
        const { sha256 } = left.record;
        // After a crash of the machine there may be holes in the file. A published checksum would find them at the
        // end; without one, only what was hashed when it was put down is good enough.
        if (!trusts && sha256 === undefined) continue;
        try {
          const taker = { ...tools, self: self(), signal };
          if (!(await (left.isFree ? move : copy)(left, part, taker))) continue;
          if (sha256 === undefined || sha256 === part.sha256()) {
            part.version = versionOf(left.record);
            part.isPatched = true;
            return;
          }
        } catch (error) {
          if (signal.aborted || !isFailure(error)) throw error;
          // It cannot be read, or there is no room beside it: a help that does not help is no reason to fail.
          await discard(left.file, files);
        }
        await part.restart();
      }
    },
    async describe(part) {
      await writeRecord(part.file, { ...part.version, owner: self() }, files);
    },
    async putDown(part) {
      if (part.sizeBytes === 0 || part.version.validator === undefined) return await discard(part.file, files);
      await writeRecord(part.file, { ...part.version, sha256: part.sha256() }, files);
    },
    remove: (part) => discard(part.file, files),
  };
}

interface Taker extends LeftoverTools {
  self: OwnerRecord;
  signal: AbortSignal;
}

/** False when somebody else was faster. */
async function move(left: Leftover, part: Part, { files, clock, self, signal }: Taker): Promise<boolean> {
  await writeRecord(part.file, { ...left.record, owner: self }, files);
  if (!(await rename(left.file, part.file, files))) return false;
  try {
    // What was not touched for an hour is nobody's, to the eyes of others.
    await files.setModified(part.file, clock.now());
    await part.goOn(signal);
  } catch (error) {
    await files.rename(part.file, left.file);
    throw error;
  }
  await unlessMissing(files.unlink(sideCar(left.file)));
  return true;
}

async function copy(left: Leftover, part: Part, { files, signal }: Taker): Promise<boolean> {
  for await (const chunk of readBytes(left.file, files, { signal })) await part.append(chunk);
  await discard(left.file, files);
  return true;
}

/** False when somebody else was faster. */
async function rename(from: string, to: string, files: Files): Promise<boolean> {
  try {
    await files.rename(from, to);
    return true;
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return false;
    throw error;
  }
}
