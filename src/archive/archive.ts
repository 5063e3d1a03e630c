// Unpacking archives, from a file or while the bytes arrive. Everything an archive says is checked before it is obeyed,
// so nothing is ever written outside the target; what was written inside before a refusal is left to the caller.
import path from 'node:path';
import { type Duplex, PassThrough, Writable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import { Failure } from '../model/failure.ts';
import { findFormat, MAGIC_BYTES } from './format.ts';
import type { OpenFile } from './pages.ts';
import { isDamage, type Unpacked, Unpacking, type UnpackOptions } from './unpacking.ts';

const READ_BYTES = 256 * 1024;

/**
 * Unpacks an archive into a directory that exists.
 *
 * @throws Failure ARCHIVE_UNSAFE, ARCHIVE_INVALID, INTERRUPTED, IO_ERROR or NO_SPACE
 */
export async function unpackFile(file: string, destDir: string, options: UnpackOptions): Promise<Unpacked> {
  await using handle = await options.files.openRead(file);
  return await unpackOpen({ handle, name: path.basename(file) }, destDir, options);
}

/** The same, from a file that is open; it stays so. */
export async function unpackOpen(
  { handle, name }: { handle: OpenFile; name: string },
  destDir: string,
  options: UnpackOptions,
): Promise<Unpacked> {
  const { bytesRead, buffer } = await handle.read(Buffer.alloc(MAGIC_BYTES), 0, MAGIC_BYTES, 0);
  const { unpack } = findFormat(buffer.subarray(0, bytesRead), name);
  if (unpack) {
    using unpacking = new Unpacking(name, destDir, options);
    try {
      await unpack(handle, unpacking);
      return await unpacking.finish();
    } catch (error) {
      throw explain(error, unpacking);
    }
  }
  const unpacker = createUnpacker(name, destDir, options);
  const bytes = handle.createReadStream({ start: 0, highWaterMark: READ_BYTES, autoClose: false });
  await pipeline(bytes, unpacker).catch(() => {});
  return await (unpacker.done as Promise<Unpacked>);
}

export interface Unpacker extends Writable {
  /** Undefined when nothing was unpacked, because this format can only be read from the whole file (`unpackFile`). */
  done: Promise<Unpacked | undefined>;
}

/**
 * A stream that unpacks what is written to it, for archives that are still being downloaded.
 *
 * It finishes when everything is unpacked, and errs with the failure that `done` rejects with; destroying it stops the
 * work. The format is seen from the bytes: a name says little.
 */
export function createUnpacker(fileName: string, destDir: string, options: UnpackOptions): Unpacker {
  const { signal } = options;
  const unpacking = new Unpacking(fileName, destDir, options);
  const source = new PassThrough().on('error', () => {}); // `done` says it.
  const head = createHead(MAGIC_BYTES);
  const stop = new AbortController();
  let cutOff: Error | undefined;
  const done = unpackStream(head.bytes, source, { unpacking, fileName, signal: stop.signal }).catch(
    (error: unknown) => {
      throw explain(cutOff ?? error, unpacking);
    },
  );
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
      // The source may have ended, and its bytes be on their way.
      stop.abort();
      // Whoever sees the stream closed may remove the target: nothing must be written to it any more.
      void done.catch(() => {}).then(() => closed(error));
    },
  });
  // `done` says it; and a run may be cancelled before whoever sends the bytes listens.
  unpacker.on('error', () => {});
  done.catch((error: Error) => unpacker.destroy(error));
  return Object.assign(unpacker, { done });
}

async function unpackStream(
  head: Promise<Buffer>,
  source: PassThrough,
  { unpacking, fileName, signal }: { unpacking: Unpacking; fileName: string; signal: AbortSignal },
): Promise<Unpacked | undefined> {
  using held = unpacking;
  const { name, open, unpack } = findFormat(await head, fileName);
  if (unpack) {
    // The bytes are let by: whoever sends them may want them for something else too.
    await finished(source.resume(), { writable: false });
    return undefined;
  }
  if (!open) throw held.fail('ARCHIVE_INVALID', `galley cannot read ${name} archives`);
  // The types of Node know functions only where the number of steps is fixed.
  await pipeline([source, ...open(held, fileName)] as Duplex[], { signal });
  return await held.finish();
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

/** What went wrong, as a failure; bugs stay what they are. */
function explain(error: unknown, unpacking: Unpacking): unknown {
  const { aborted, reason } = unpacking.signal;
  if (aborted)
    return reason instanceof Failure ? reason : unpacking.fail('INTERRUPTED', 'the run was cancelled', reason);
  if (error instanceof CutOff) return error.cause ?? error;
  if (!isDamage(error)) return error;
  return unpacking.fail('ARCHIVE_INVALID', `it is truncated or corrupt (${error.message})`, error);
}
