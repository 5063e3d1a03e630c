// Unpacks archives while they arrive: small ones here, large ones in a thread of its own, which is made when the first
// large one comes. To whoever feeds them they are alike.
import { Writable } from 'node:stream';
import { Worker } from 'node:worker_threads';
import { createUnpacker, type Unpacker } from '../../archive/archive.ts';
import type { Unpacked } from '../../archive/unpacking.ts';
import type { ScannedFiles } from '../../cache/scanned.ts';
import { Failure } from '../../model/failure.ts';
import type { Files } from '../../system/files.ts';
import { decodeError, type FromThread, type ToThread } from './protocol.ts';

/** A thread costs 40 ms and 20 MB: less than that much is unpacked before it would have begun. */
const SMALL_BYTES = 2 ** 20;
/** What may be on its way to the thread for each archive: enough that it never waits for us. */
const UNDERWAY_BYTES = 2 ** 20;
/** A message costs both threads as much as copying this many bytes. */
const PARCEL_BYTES = 2 ** 18;

export interface Unpacking {
  files: Files;
  fileName: string;
  destDir: string;
  stripComponents: number;
  /** The tree becomes an asset as it is; what is learned of its files goes here. */
  scanned: ScannedFiles | undefined;
  signal: AbortSignal;
}

export interface Unpackers {
  open(unpacking: Unpacking): Unpacker;
  [Symbol.asyncDispose](): Promise<void>;
}

export function createUnpackers(threadUrl: URL): Unpackers {
  let thread: UnpackThread | undefined;
  return {
    open(unpacking) {
      return openWhenKnown(unpacking, () => {
        thread ??= new UnpackThread(threadUrl);
        return thread.open(unpacking);
      });
    },
    [Symbol.asyncDispose]: async () => void (await thread?.stop()),
  };
}

/** Holds the first bytes back until it is known whether there are many. */
function openWhenKnown(unpacking: Unpacking, openFar: () => Unpacker): Unpacker {
  const { promise: done, resolve, reject } = Promise.withResolvers<Unpacked | undefined>();
  done.catch(() => {});
  let held: Buffer[] = [];
  let heldBytes = 0;
  let target: Unpacker | undefined;
  const begin = (opened: Unpacker): Unpacker => {
    target = opened;
    opened.on('error', (error) => stream.destroy(error));
    opened.done.then(resolve, reject);
    for (const piece of held) opened.write(piece);
    held = [];
    return opened;
  };
  const stream = new Writable({
    signal: unpacking.signal,
    write(chunk: Buffer, _encoding, ready) {
      if (target) return target.write(chunk) ? ready() : void target.once('drain', ready);
      held.push(chunk);
      heldBytes += chunk.length;
      if (heldBytes > SMALL_BYTES) begin(openFar());
      ready();
    },
    final(ready) {
      const ending = target ?? begin(openHere(unpacking));
      ending.end();
      ending.done.then(() => ready(), ready);
    },
    destroy(error, closed) {
      if (!target) reject(error ?? new Error('Destroyed before it began'));
      target?.destroy(error ?? undefined);
      // Whoever sees the stream closed may remove what was unpacked.
      void done.catch(() => {}).then(() => closed(error));
    },
  });
  return withoutOutcry(Object.assign(stream, { done }));
}

/** `done` says what went wrong; and a run may be cancelled before whoever sends the bytes listens. */
function withoutOutcry(unpacker: Unpacker): Unpacker {
  return unpacker.on('error', () => {});
}

function openHere({ files, fileName, destDir, stripComponents, scanned, signal }: Unpacking): Unpacker {
  const asAsset = scanned ? { readOnly: true, watcher: scanned } : {};
  return createUnpacker(fileName, destDir, { files, stripComponents, signal, ...asAsset });
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
  scanned: ScannedFiles | undefined;
  taken(sizeBytes: number): void;
  resolve(unpacked: Unpacked | undefined): void;
  reject(error: unknown): void;
}

class UnpackThread {
  readonly #worker: Worker;
  readonly #jobs = new Map<number, FarJob>();
  #last = 0;

  constructor(url: URL) {
    this.#worker = new Worker(url, { execArgv: [] });
    this.#worker.on('message', (message: FromThread) => this.#receive(message));
    this.#worker.on('error', (error) => {
      for (const { reject } of this.#jobs.values()) reject(error);
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
    this.#jobs.set(job, { scanned, taken, resolve, reject });
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
        this.#post({ type: 'cut', job });
        void done.catch(() => {}).then(() => closed(error));
      },
    });
    done.catch((error: Error) => stream.destroy(error));
    return withoutOutcry(Object.assign(stream, { done }));
  }

  #forget(job: number): void {
    this.#jobs.delete(job);
    if (this.#jobs.size === 0) this.#worker.unref();
  }

  async stop(): Promise<void> {
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
