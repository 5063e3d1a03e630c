// One lock among all processes of this machine, and as well as possible among those of others: a file whose kernel lock
// decides, a directory beside it for everybody else, and a record that says who it is. Knows nothing of what is locked.
//
//   <name>.lock        kernel lock (lock-kernel) and owner record (owner); removed at the release
//   <name>.lock.lock/  proper-lockfile's directory (lock-beside); removed just before
import path from 'node:path';
import type { LockOwner } from '../model/event.ts';
import type { Clock } from './clock.ts';
import { LockAttempt, type LockLayers, type LockMode, type TakenLock } from './lock-attempt.ts';
import { ensureLockDir } from './lock-kernel.ts';
import { createLockQueue, type Leave } from './lock-queue.ts';
import { createLockWatch } from './lock-watch.ts';
import { loadNative } from './native.ts';
import type { Command } from './orphans.ts';
import { describeSelf, readOwner, toLockOwner } from './owner.ts';

export interface LocksOptions {
  clock: Clock;
  /** Off only in tests, which show what each layer is there for. */
  kernel?: boolean;
  beside?: boolean;
  /** Age at which a directory counts as left behind, where the kernel cannot tell. proper-lockfile's own default. */
  staleMs?: number;
}

export interface LockRequest {
  /** Ends the waiting; what was half taken is let go. */
  signal: AbortSignal;
  /** For others to read: the command line that wants the lock. */
  command: string;
  /** A place beside what is locked, for `anchor`. */
  anchorFile?: string | undefined;
  /** Called when it has to wait, and again when the owner changes; undefined when the owner cannot be known. */
  onWaiting?: (owner: LockOwner | undefined) => void;
}

export interface HeldLock extends AsyncDisposable {
  /** What protects it: `doctor` shows it. */
  readonly mode: LockMode;
  /** @throws Failure IO_ERROR when another process took it over, as can happen without the kernel's lock, or removed its file */
  assertHeld(): void;
  /** From now on the lock counts even if its file is removed: it has a second name, `anchorFile`. */
  anchor(): void;
  /** Until disposed, this command is ended by the next owner, should we die before. */
  holdCommand(command: Command): Disposable;
  /** May be called again. */
  release(): Promise<void>;
}

export interface Locks {
  /**
   * Waits for the lock, as long as it takes.
   *
   * @throws Failure LOCK_ANCESTOR when the owner waits for this process, and the signal's reason
   */
  acquire(file: string, request: LockRequest): Promise<HeldLock>;
  /** The lock, if nobody has it at this moment. */
  tryAcquire(file: string, request: Pick<LockRequest, 'command' | 'anchorFile'>): Promise<HeldLock | undefined>;
}

/*
 * Waiting is asking again: a blocking wait occupies one of the four threads that all files go through, and four of
 * them would stop everything. Asking costs 0.05 ms, so a waiter every 50 ms is nothing, and a dead owner is noticed
 * well within 100 ms. The jitter keeps waiters from moving in step, where one would always be first.
 */
const FIRST_WAIT_MS = 4;
const LONGEST_WAIT_MS = 50;

const NEVER_ABORTED = new AbortController().signal;

export function createLocks(options: LocksOptions): Locks {
  const queue = createLockQueue();
  const held = createHeld();
  const begin = createBeginning(options);

  /** Our own promises come one by one; the next is let in at the release, or when nothing was taken. */
  async function inTurn(
    file: string,
    signal: AbortSignal,
    take: () => Promise<TakenLock | undefined>,
  ): Promise<HeldLock | undefined> {
    const leave = await queue.enter(file, signal);
    let taken: TakenLock | undefined;
    try {
      taken = await take();
    } finally {
      if (taken === undefined) leave();
    }
    if (taken === undefined) return undefined;
    const lock = taken;
    held.add(lock);
    return hold(lock, () => {
      held.delete(lock);
      leave();
    });
  }

  return {
    async acquire(given, request) {
      const file = path.resolve(given);
      if (queue.isBusy(file)) request.onWaiting?.(findOwner(file));
      const take = () => untilTaken(begin(file, request), request, options.clock);
      return (await inTurn(file, request.signal, take)) as HeldLock;
    },

    async tryAcquire(given, request) {
      const file = path.resolve(given);
      if (queue.isBusy(file)) return undefined;
      return await inTurn(file, NEVER_ABORTED, () => takenAtOnce(begin(file, request)));
    },
  };
}

type Beginning = (file: string, request: Pick<LockRequest, 'command' | 'anchorFile'>) => LockAttempt;

function createBeginning({ clock, kernel = true, beside = true, staleMs = 10_000 }: LocksOptions): Beginning {
  let layers: LockLayers | undefined;
  let identity: ReturnType<typeof describeSelf> | undefined;
  return (file, { command, anchorFile }) => {
    // Loaded with the first lock: a run that only meets hits takes none.
    layers ??= { native: kernel ? loadNative() : undefined, beside, staleMs };
    identity ??= describeSelf();
    ensureLockDir(file);
    return new LockAttempt({ file, anchorFile }, { ...identity, command, since: clock.now() }, { layers, clock });
  };
}

async function untilTaken(
  attempt: LockAttempt,
  { signal, onWaiting }: LockRequest,
  clock: Clock,
): Promise<TakenLock | undefined> {
  const watch = createLockWatch(attempt.file, attempt.self, onWaiting);
  try {
    for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(waitMs * 1.5, LONGEST_WAIT_MS)) {
      const taken = await attempt.next();
      if (taken !== undefined) return taken;
      watch.look();
      await clock.sleep(waitMs * (0.5 + Math.random() / 2), signal);
    }
  } catch (error) {
    attempt.giveUp();
    throw error;
  }
}

async function takenAtOnce(attempt: LockAttempt): Promise<TakenLock | undefined> {
  let taken: TakenLock | undefined;
  try {
    taken = await attempt.next();
  } finally {
    if (taken === undefined) attempt.giveUp();
  }
  return taken;
}

function hold(taken: TakenLock, onReleased: Leave): HeldLock {
  let released: Promise<void> | undefined;
  const release = () => {
    released ??= taken.release().finally(onReleased);
    return released;
  };
  return { ...taken, release, [Symbol.asyncDispose]: release };
}

/** Removes the files of locks that are still held when the process ends without having released them. */
function createHeld(): Pick<Set<TakenLock>, 'add' | 'delete'> {
  const all = new Set<TakenLock>();
  const removeFiles = () => {
    for (const taken of all) taken.removeFile();
  };
  return {
    add(taken) {
      if (all.size === 0) process.once('exit', removeFiles);
      return all.add(taken);
    },
    delete(taken) {
      const wasHeld = all.delete(taken);
      if (all.size === 0) process.off('exit', removeFiles);
      return wasHeld;
    },
  };
}

function findOwner(file: string): LockOwner | undefined {
  const owner = readOwner(file);
  return owner && toLockOwner(owner);
}
