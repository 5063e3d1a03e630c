// Sends errands to processes of their own: a write to a file system that hangs cannot be taken back, neither by a thread
// nor by the end of a process that waits for its threads. A courier that does not return in time is given up.
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Failure } from '../../model/failure.ts';
import type { Clock } from '../clock.ts';
import {
  type Carrying,
  type Delivery,
  decodeFailure,
  type Errand,
  type Removal,
  type RemovalResult,
  type Report,
} from './errand.ts';

/** What a courier with a task left needs to clear away what it has begun. */
const GRACE_MS = 500;

/** What goes into a courier's standard input: an open file, or these bytes. */
export type Load = number | Uint8Array;

export interface Wish {
  limitMs: number;
  signal: AbortSignal;
}

export interface Couriers extends AsyncDisposable {
  /** Starts one before there is an errand: that takes as long as copying a few megabytes. */
  warm(): void;
  /**
   * @param load where the bytes come from when the errand names no file
   * @throws Failure as the errand; COPY_TIMEOUT after the limit, the reason of the signal when that comes first
   */
  carry(errand: Carrying, wish: Wish, load?: Load): Promise<Delivery>;
  remove(errand: Removal, wish: Wish): Promise<RemovalResult>;
}

export interface CouriersOptions {
  /** The program that couriers run. */
  url: URL;
  clock: Clock;
}

export function createCouriers(options: CouriersOptions): Couriers {
  const idle: ChildProcess[] = [];
  const leaving: Promise<void>[] = [];

  async function send(errand: Errand, wish: Wish, load?: Load): Promise<Delivery | RemovalResult> {
    const courier = (load === undefined ? idle.pop() : undefined) ?? start(options.url, load);
    let isFree = false;
    try {
      const report = await reportOf(courier, errand, wish, options.clock);
      isFree = load === undefined && courier.connected;
      if ('failed' in report) throw decodeFailure(report.failed);
      if ('broken' in report) throw new Error(report.broken);
      return report.done;
    } finally {
      if (isFree) idle.push(courier);
      else leaving.push(dismiss(courier, options.clock));
    }
  }

  return {
    warm: () => void idle.push(start(options.url)),
    carry: (errand, wish, load) => send(errand, wish, load) as Promise<Delivery>,
    remove: (errand, wish) => send(errand, wish) as Promise<RemovalResult>,
    async [Symbol.asyncDispose]() {
      leaving.push(...idle.splice(0).map((courier) => dismiss(courier, options.clock)));
      await Promise.all(leaving);
    },
  };
}

/** In a session of its own, so that a person's Ctrl-C reaches only us; it holds none of our pipes open. */
function start(url: URL, load?: Load): ChildProcess {
  const stdin = load === undefined ? 'ignore' : typeof load === 'number' ? load : 'pipe';
  const stdio = [stdin, 'ignore', 'ignore', 'ipc'] as const;
  const courier = fork(fileURLToPath(url), { stdio: [...stdio], detached: true, execArgv: [], serialization: 'json' });
  // A courier that could not start, or died, is told by its exit.
  courier.on('error', () => {});
  courier.stdin?.on('error', () => {}).end(load);
  return courier;
}

async function reportOf(
  courier: ChildProcess,
  errand: Errand,
  { limitMs, signal }: Wish,
  clock: Clock,
): Promise<Report> {
  const over = new AbortController();
  const told = Promise.withResolvers<Report>();
  const onExit = () =>
    told.resolve({ failed: { code: 'IO_ERROR', message: 'The process that copies has died', transient: true } });
  courier.once('message', told.resolve).once('exit', onExit);
  const late = clock.sleep(limitMs, AbortSignal.any([signal, over.signal])).then(() => {
    throw new Failure('COPY_TIMEOUT', `it took longer than ${limitMs / 1000} s`);
  });
  try {
    courier.send(errand, (error) => error && onExit());
    return await Promise.race([told.promise, late]);
  } finally {
    over.abort();
    late.catch(() => {});
    courier.off('message', told.resolve).off('exit', onExit);
  }
}

/** Closes the channel, which is the word to clear away and end; who hangs in the kernel is left to end when he can. */
async function dismiss(courier: ChildProcess, clock: Clock): Promise<void> {
  if (courier.exitCode !== null || courier.signalCode !== null || courier.pid === undefined) return;
  const gone = new Promise<void>((resolve) => courier.once('exit', () => resolve()));
  if (courier.connected) courier.disconnect();
  const over = new AbortController();
  // A timer that is still running would keep the process for so long.
  await Promise.race([gone.finally(() => over.abort()), clock.sleep(GRACE_MS, over.signal).catch(() => {})]);
  courier.stdin?.destroy();
  courier.kill('SIGKILL');
  courier.unref();
}
