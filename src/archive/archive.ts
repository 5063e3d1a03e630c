// Unpacking archives, from a file or while the bytes arrive. Everything an archive says is checked before it is obeyed,
// so nothing is ever written outside the target; what was written inside before a refusal is left to the caller.
import { PassThrough, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Failure } from '../model/failure.ts';
import { findFormat, MAGIC_BYTES } from './format.ts';
import { type Unpacked, Unpacking, type UnpackOptions } from './unpacking.ts';

const READ_BYTES = 256 * 1024;

/**
 * Unpacks an archive into a directory that exists.
 *
 * @throws Failure ARCHIVE_UNSAFE, ARCHIVE_INVALID, INTERRUPTED, IO_ERROR or NO_SPACE
 */
export async function unpackFile(file: string, destDir: string, options: UnpackOptions): Promise<Unpacked> {
  await using handle = await options.files.openRead(file);
  const unpacker = createUnpacker(file, destDir, options);
  await pipeline(handle.createReadStream({ highWaterMark: READ_BYTES, autoClose: false }), unpacker).catch(() => {});
  return await unpacker.done;
}

/**
 * A stream that unpacks what is written to it, for archives that are still being downloaded.
 *
 * It finishes when everything is unpacked, and errs with the failure that `done` rejects with; destroying it stops the
 * work. The name only serves messages: the format is seen from the bytes.
 */
export function createUnpacker(
  fileName: string,
  destDir: string,
  options: UnpackOptions,
): Writable & { done: Promise<Unpacked> } {
  const { signal } = options;
  const unpacking = new Unpacking(fileName, destDir, options);
  const source = new PassThrough().on('error', () => {}); // `done` says it.
  const head = createHead(MAGIC_BYTES);
  let cutOff: Error | undefined;
  const done = unpackStream(head.bytes, source, unpacking).catch((error: unknown) => {
    throw explain(cutOff ?? error, unpacking, signal);
  });
  const unpacker = new Writable({
    signal,
    write(chunk: Buffer, _encoding, ready) {
      unpacking.countPacked(chunk.length);
      head.push(chunk);
      if (source.write(chunk)) ready();
      else source.once('drain', ready);
    },
    final(ready) {
      head.end();
      source.end();
      done.then(() => ready(), ready);
    },
    destroy(error, closed) {
      cutOff = new CutOff(error);
      head.end();
      source.destroy(cutOff);
      // Whoever sees the stream closed may remove the target: nothing must be written to it any more.
      void done.catch(() => {}).then(() => closed(error));
    },
  });
  done.catch((error: Error) => unpacker.destroy(error));
  return Object.assign(unpacker, { done });
}

async function unpackStream(head: Promise<Buffer>, source: PassThrough, unpacking: Unpacking): Promise<Unpacked> {
  using held = unpacking;
  const format = findFormat(await head);
  if (format.open === undefined) throw held.fail('ARCHIVE_INVALID', `galley cannot read ${format.name} archives`);
  await pipeline([source, ...format.open(held)]);
  return held.result;
}

/** The first bytes of what goes by; fewer when it has fewer. */
function createHead(wantedBytes: number) {
  const { promise, resolve } = Promise.withResolvers<Buffer>();
  let head = Buffer.alloc(0);
  return {
    bytes: promise,
    push(chunk: Buffer): void {
      if (head.length >= wantedBytes) return;
      head = Buffer.concat([head, chunk]).subarray(0, wantedBytes);
      if (head.length === wantedBytes) resolve(head);
    },
    end: () => resolve(head),
  };
}

/** The bytes stopped coming, for a reason that is not the archive's. */
class CutOff extends Error {
  constructor(cause: Error | null) {
    super('The stream was destroyed before its end', { cause });
  }
}

/** Decoders and parsers throw plain errors, at bytes they cannot make sense of. Errors of other classes are bugs. */
function explain(error: unknown, unpacking: Unpacking, { aborted, reason }: AbortSignal): unknown {
  if (aborted)
    return reason instanceof Failure ? reason : unpacking.fail('INTERRUPTED', 'the run was cancelled', reason);
  if (error instanceof CutOff) return error.cause ?? error;
  if (!(error instanceof Error) || Object.getPrototypeOf(error) !== Error.prototype) return error;
  return unpacking.fail('ARCHIVE_INVALID', `it is truncated or corrupt (${error.message})`, error);
}
