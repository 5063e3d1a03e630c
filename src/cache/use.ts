// What this process uses of the cache, told to others before it looks. Whoever collects garbage reads it behind the gate,
// so for each thing one of the two comes first: either it is seen to be used, or it is found to be gone.
//
//   we:          write the lease ─► is the gate shut? wait ─► look
//   a collector: shut the gate ─► read the leases ─► move away what nobody uses ─► open the gate
import path from 'node:path';
import type { Clock } from '../system/clock.ts';
import { type Lease, openLease } from '../system/lease.ts';
import type { HeldLock, Locks } from '../system/lock.ts';
import { findStamp } from '../system/stamp.ts';
import type { Layout } from './layout.ts';

export interface UseParts {
  layout: Layout;
  locks: Locks;
  clock: Clock;
  /** The command line, for those who ask who it is. */
  command: string;
  signal: AbortSignal;
}

export interface Use {
  /** To be called before one looks whether the thing at this path is there. */
  announce(file: string): Promise<void>;
  /** All that was announced, relative to the root of the cache. */
  names(): ReadonlySet<string>;
  /** Nothing is used any more; the end of the process does the same. */
  end(): void;
}

export function createUse({ layout, locks, clock, command, signal }: UseParts): Use {
  /** When it may be looked for: who asks for the same thing must not look before the first one may. */
  const announced = new Map<string, Promise<void>>();
  // Opened with the first thing that is used: who only asks for help or settings uses nothing.
  let lease: { opened: Lease | undefined } | undefined;

  async function say(name: string): Promise<void> {
    lease ??= { opened: openLease(layout.runLeasesDir, command, clock.now()) };
    lease.opened?.use(name);
    if (findStamp(layout.gateFile) !== undefined) await (await shutGate({ layout, locks, command, signal })).release();
  }

  return {
    announce(file) {
      const name = path.relative(layout.rootDir, file);
      const said = announced.get(name) ?? say(name);
      announced.set(name, said);
      return said;
    },
    names: () => new Set(announced.keys()),
    end() {
      lease?.opened?.close();
      lease = undefined;
      announced.clear();
    },
  };
}

/** Waits until nobody else is between shutting and opening it: a few moments. */
export function shutGate({ layout, locks, command, signal }: Omit<UseParts, 'clock'>): Promise<HeldLock> {
  return locks.acquire(layout.gateFile, { command, signal });
}
