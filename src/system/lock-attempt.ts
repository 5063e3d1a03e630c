// Taking one lock, layer by layer, without waiting: each call of `next` gets as far as it can. Knows nothing of patience.
//
//   kernel lock ──► leftover directory of a dead owner removed ──► its commands ended, record written ──► directory made
//   (kept between attempts once it is ours)
import { closeSync, ftruncateSync, writeSync } from 'node:fs';
import { Failure, isFailure } from '../model/failure.ts';
import type { Clock } from './clock.ts';
import { guardSync } from './errno.ts';
import { dropAnchor, isAnchored, weighAnchor } from './lock-anchor.ts';
import { type BesideLock, isTaken, removeLeftover, tryBesideLock } from './lock-beside.ts';
import {
  isNamed,
  type KernelLock,
  type NativeLocks,
  openLockFile,
  removeLockFile,
  tryKernelLock,
} from './lock-kernel.ts';
import { type Command, describeCommand, endOrphans, type OwnedCommand } from './orphans.ts';
import { encodeOwner, fateOf, isSame, type OwnerRecord, readOwner } from './owner.ts';

/** `directory` alone is weaker: an owner that stalls longer than the stale limit loses its lock. */
export type LockMode = 'kernel and directory' | 'kernel' | 'directory';

/** What this machine and file system offer; `native` goes when it turns out not to work. */
export interface LockLayers {
  native: NativeLocks | undefined;
  beside: boolean;
  staleMs: number;
}

/** A lock that is ours. */
export interface TakenLock {
  readonly mode: LockMode;
  assertHeld(): void;
  anchor(): void;
  holdCommand(command: Command): Disposable;
  /** What is left to do when the process ends at once: the next owner shall find no traces of it. */
  removeFile(): void;
  release(): Promise<void>;
}

/** A lock's file, and where it has a second name while work goes on under it (lock-anchor). */
export interface LockNames {
  file: string;
  anchorFile?: string | undefined;
}

interface LockTools {
  layers: LockLayers;
  clock: Clock;
}

export class LockAttempt {
  readonly file: string;
  readonly self: OwnerRecord;
  readonly #layers: LockLayers;
  readonly #clock: Clock;
  readonly #anchorFile: string | undefined;
  readonly #names: string[];
  #kernelLock: KernelLock | undefined;

  constructor({ file, anchorFile }: LockNames, self: OwnerRecord, { layers, clock }: LockTools) {
    this.file = file;
    this.self = self;
    this.#anchorFile = anchorFile;
    this.#names = anchorFile === undefined ? [file] : [file, anchorFile];
    this.#layers = layers;
    this.#clock = clock;
  }

  /** The lock, or undefined when somebody has it. */
  async next(): Promise<TakenLock | undefined> {
    const { native, beside } = this.#layers;
    if (native !== undefined && !this.#takeKernelLock(native)) return undefined;
    if (beside) return await this.#nextWithDirectory();
    if (this.#kernelLock === undefined) throw this.#noLocks();
    await this.#succeed();
    return this.#taken();
  }

  /** Lets go of what was reached so far. */
  giveUp(): void {
    if (this.#kernelLock === undefined) return;
    const owner = readOwner(this.file);
    // The record of somebody who only has the directory stays: it protects them from being taken for dead.
    if (owner === undefined || isSame(owner, this.self)) this.#kernelLock.release();
    else closeSync(this.#kernelLock.fd);
    this.#kernelLock = undefined;
  }

  /** True when it is ours, or when there are no such locks here after all. */
  #takeKernelLock(native: NativeLocks): boolean {
    if (this.#kernelLock === undefined) {
      const result = tryKernelLock(native, this.file);
      if (result === 'held') return false;
      if (result === 'unsupported') {
        this.#layers.native = undefined;
        return true;
      }
      this.#kernelLock = result;
    }
    // It is ours, but for the file that somebody removed while it was another's.
    return this.#anchorFile === undefined || !isAnchored(this.#kernelLock.fd, this.#anchorFile, native);
  }

  async #nextWithDirectory(): Promise<TakenLock | undefined> {
    if (this.#kernelLock !== undefined) {
      if (isTaken(this.file) && !this.#mayTakeOver()) return undefined;
      // The record comes first where it can: whoever dies after making the directory is then known to be dead.
      if (!isTaken(this.file)) await this.#succeed();
    }
    try {
      const beside = await tryBesideLock(this.file, this.#layers.staleMs);
      if (beside !== undefined) return await this.#finish(beside);
    } catch (error) {
      // On a full disk the kernel's lock is enough: nobody could free any room if that took some.
      if (this.#kernelLock !== undefined && isFailure(error, 'NO_SPACE')) return this.#taken();
      throw error;
    }
    // The directory is somebody else's, who must not be taken for dead when we are.
    if (this.#kernelLock !== undefined && isOf(this.file, this.self)) ftruncateSync(this.#kernelLock.fd);
    return undefined;
  }

  /** The directory is ours by now: as long as we live it keeps all others out, so it goes unless the rest comes right. */
  async #finish(beside: BesideLock): Promise<TakenLock | undefined> {
    let taken: TakenLock | undefined;
    try {
      await this.#succeed();
      // Who has the directory alone had it before us, and took the file away at the end. Others may hold a new one.
      if (!this.#hasLostName()) taken = this.#taken(beside);
    } finally {
      if (taken === undefined) await beside.release();
    }
    if (taken === undefined) this.giveUp();
    return taken;
  }

  #hasLostName(): boolean {
    return this.#kernelLock !== undefined && !isNamed(this.#kernelLock.fd, this.file);
  }

  /** Whoever comes now meets our lock, under one of its names. */
  #isFindable({ fd }: KernelLock): boolean {
    return this.#names.some((name) => isNamed(fd, name));
  }

  /**
   * Whether the directory that somebody left may become ours: at once when that process is dead, by its age (which
   * proper-lockfile looks at) when nothing can be said from here, never while it lives on this machine.
   */
  #mayTakeOver(): boolean {
    const owner = readOwner(this.file);
    if (owner === undefined || isSame(owner, this.self)) return true;
    const fate = fateOf(owner, this.self);
    if (fate === 'dead') removeLeftover(this.file);
    return fate !== 'alive';
  }

  #taken(beside?: BesideLock): TakenLock {
    const { file, self } = this;
    const [anchorFile, kernelLock] = [this.#anchorFile, this.#kernelLock];
    const mode = kernelLock === undefined ? 'directory' : beside === undefined ? 'kernel' : 'kernel and directory';
    const commands = new Set<OwnedCommand>();
    let isOurs = true;
    // The kernel's lock cannot be lost while its file has a name; that others took the directory means nothing then.
    const wasRobbed = () => (kernelLock === undefined ? beside?.isLost() : !this.#isFindable(kernelLock));
    // Without the kernel's lock we may have been robbed and not know it: then the file is the robber's.
    const removeFile = () => {
      if (kernelLock === undefined ? isOf(file, self) : isNamed(kernelLock.fd, file)) removeLockFile(file);
    };
    const tellCommands = () => {
      if (isOurs && !wasRobbed()) this.#tryRecord([...commands]);
    };
    return {
      mode,
      assertHeld() {
        if (!isOurs) throw new Error(`The lock "${file}" is used after its release`);
        if (wasRobbed()) throw lostLock(file, mode);
      },
      anchor() {
        if (kernelLock !== undefined && anchorFile !== undefined) dropAnchor(kernelLock.fd, file, anchorFile);
      },
      holdCommand(command) {
        const owned = describeCommand(command);
        commands.add(owned);
        tellCommands();
        return {
          [Symbol.dispose]: () => {
            commands.delete(owned);
            tellCommands();
          },
        };
      },
      removeFile,
      async release() {
        isOurs = false;
        // What is named last goes first, and each of them whatever becomes of the others.
        await using last = new AsyncDisposableStack();
        last.defer(() => kernelLock?.release());
        last.defer(() => {
          if (kernelLock !== undefined && anchorFile !== undefined) weighAnchor(kernelLock.fd, anchorFile);
        });
        last.defer(() => beside?.release());
        // While the directory is the only lock it has to be the last thing that goes.
        if (kernelLock === undefined) removeFile();
      },
    };
  }

  /** Becomes the owner after whoever was it before. */
  async #succeed(): Promise<void> {
    for (const name of this.#names) {
      const last = readOwner(name);
      if (last?.commands && fateOf(last, this.self) === 'dead') await endOrphans(last.commands, this.#clock);
    }
    if (this.#kernelLock !== undefined) this.#tryRecord([]);
    else this.#writeRecord([]);
  }

  /** On a full disk the old record stays: what is done under the lock counts for more than what is known of it. */
  #tryRecord(commands: OwnedCommand[]): void {
    try {
      this.#writeRecord(commands);
    } catch (error) {
      if (!isFailure(error, 'NO_SPACE')) throw error;
    }
  }

  #writeRecord(commands: OwnedCommand[]): void {
    const record = commands.length > 0 ? { ...this.self, commands } : this.self;
    const fd = this.#kernelLock?.fd ?? openLockFile(this.file);
    try {
      // In place: the kernel's lock is on this very file, a renamed one would be another.
      guardSync('lock', this.file, () => ftruncateSync(fd, writeSync(fd, encodeOwner(record), 0)));
    } finally {
      if (this.#kernelLock === undefined) closeSync(fd);
    }
  }

  #noLocks(): Failure {
    const facts = { path: this.file };
    return new Failure('IO_ERROR', `Cannot lock "${this.file}": the file system has no locks`, { facts });
  }
}

/** Whether the record in the file is of this process. */
function isOf(file: string, self: OwnerRecord): boolean {
  const owner = readOwner(file);
  return owner !== undefined && isSame(owner, self);
}

function lostLock(file: string, mode: LockMode): Failure {
  const [how, hint] =
    mode === 'directory'
      ? ['another process took it over', 'Use a cache on a local file system, where a lock cannot be lost']
      : [
          'somebody removed its file',
          'Remove nothing from a cache by hand while galley runs, and run the command again',
        ];
  return new Failure('IO_ERROR', `Cannot keep the lock "${file}": ${how}`, { hint, facts: { path: file } });
}
