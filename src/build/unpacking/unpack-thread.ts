// The thread that unpacks, as seen from here: work goes there and comes back, and whatever becomes of it, every job hears
// of its end. Nothing is written for a job any more once it is over.
import { Writable } from 'node:stream';
import { Worker } from 'node:worker_threads';
import type { Unpacker } from '../../archive/archive.ts';
import type { Unpacked } from '../../archive/unpacking.ts';
import type { ScannedFiles } from '../../cache/scanned.ts';
import { Failure } from '../../model/failure.ts';
import type { Clock } from '../../system/clock.ts';
import type { Unpacking } from './offload.ts';
import { decodeError, type FromThread, type ToThread } from './protocol.ts';

/** What may be on its way to the thread for each archive: enough that it never waits for us. */
const UNDERWAY_BYTES = 2 ** 20;
/** A message costs both threads as much as copying this many bytes. */
const PARCEL_BYTES = 2 ** 18;
/** A thread that works makes a pause twenty times as often. */
const PATIENCE_MS = 1_000;

/** `done` says what went wrong; and a run may be cancelled before whoever sends the bytes listens. */
export function withoutOutcry(unpacker: Unpacker): Unpacker {
  return unpacker.on('error', () => {});
}

/** Collects bytes into memory of its own, which is moved to the thread and not copied again. */
function createParcel(post: (bytes: Uint8Array<ArrayBuffer>) => void) {
  let parcel: Uint8Array<ArrayBuffer> | undefined;
  let filled = 0;
  const send = (): void => {
    if (parcel) post(parcel.subarray(0, filled));
    parcel = undefined;
    filled = 0;
  };
  const add = (chunk: Uint8Array): void => {
    for (let taken = 0; taken < chunk.length; ) {
      const portion = chunk.subarray(taken, taken + PARCEL_BYTES - filled);
      parcel ??= new Uint8Array(PARCEL_BYTES);
      parcel.set(portion, filled);
      filled += portion.length;
      taken += portion.length;
      if (filled === PARCEL_BYTES) send();
    }
  };
  return { add, send };
}

interface FarJob {
  /** Nobody wants the rest. */
  isCut: boolean;
  scanned: ScannedFiles | undefined;
  taken(sizeBytes: number): void;
  resolve(unpacked: Unpacked | undefined): void;
  reject(error: unknown): void;
}

export class UnpackThread {
  /** It takes no more jobs: it has crashed, or was ended. */
  isOver = false;
  readonly #worker: Worker;
  readonly #clock: Clock;
  readonly #jobs = new Map<number, FarJob>();
  #last = 0;

  constructor({ threadUrl, clock }: { threadUrl: URL; clock: Clock }) {
    this.#clock = clock;
    this.#worker = new Worker(threadUrl, { execArgv: [] });
    let reason: unknown = new Error('The thread that unpacks was ended');
    this.#worker.on('message', (message: FromThread) => this.#receive(message));
    this.#worker.on('error', (error) => {
      this.isOver = true;
      reason = error;
    });
    // Not before: until then it may write.
    this.#worker.on('exit', () => {
      this.isOver = true;
      for (const { reject } of this.#jobs.values()) reject(reason);
    });
    this.#worker.unref();
  }

  open({ fileName, destDir, stripComponents, scanned, signal }: Unpacking): Unpacker {
    const job = ++this.#last;
    const { promise, resolve, reject } = Promise.withResolvers<Unpacked | undefined>();
    let underway = 0;
    let waiting: (() => void) | undefined;
    const taken = (sizeBytes: number): void => {
      underway -= sizeBytes;
      if (underway > UNDERWAY_BYTES) return;
      const go = waiting;
      waiting = undefined;
      go?.();
    };
    this.#jobs.set(job, { isCut: false, scanned, taken, resolve, reject });
    // As long as it has something to do, it may be the only thing that this process waits for.
    this.#worker.ref();
    this.#post({ type: 'begin', job, fileName, destDir, stripComponents, target: scanned?.target });
    const done = promise
      .finally(() => this.#forget(job))
      .catch((error: unknown) => {
        throw signal.aborted && signal.reason instanceof Failure ? signal.reason : error;
      });
    const parcel = createParcel((bytes) => {
      underway += bytes.length;
      this.#post({ type: 'bytes', job, bytes }, [bytes.buffer]);
    });
    const stream = new Writable({
      signal,
      write: (chunk: Buffer, _encoding, ready) => {
        parcel.add(chunk);
        if (underway <= UNDERWAY_BYTES) ready();
        else waiting = ready;
      },
      final: (ready) => {
        parcel.send();
        this.#post({ type: 'end', job });
        done.then(() => ready(), ready);
      },
      destroy: (error, closed) => {
        const patience = this.#cut(job);
        void done
          .catch(() => {})
          .then(() => {
            patience?.[Symbol.dispose]();
            closed(error);
          });
      },
    });
    done.catch((error: Error) => stream.destroy(error));
    return withoutOutcry(Object.assign(stream, { done }));
  }

  /** Asks the thread to stop one job. When it does not answer it is ended, unless it still works for others. */
  #cut(number: number): Disposable | undefined {
    const job = this.#jobs.get(number);
    if (job === undefined) return undefined;
    job.isCut = true;
    this.#post({ type: 'cut', job: number });
    return this.#clock.every(PATIENCE_MS, () => {
      if ([...this.#jobs.values()].every(({ isCut }) => isCut)) void this.stop();
    });
  }

  #forget(job: number): void {
    this.#jobs.delete(job);
    if (this.#jobs.size === 0) this.#worker.unref();
  }

  async stop(): Promise<void> {
    this.isOver = true;
    await this.#worker.terminate();
  }

  #receive(message: FromThread): void {
    const job = this.#jobs.get(message.job);
    if (message.type === 'taken') job?.taken(message.sizeBytes);
    else if (message.type === 'failed') job?.reject(decodeError(message.error));
    else {
      for (const [path, scan] of message.scans) job?.scanned?.learn(path, scan);
      job?.resolve(message.unpacked);
    }
  }

  #post(message: ToThread, moved: ArrayBuffer[] = []): void {
    this.#worker.postMessage(message, moved);
  }
}
