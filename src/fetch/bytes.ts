// The bytes of a file on this machine, chunk by chunk.
import { guard } from '../system/errno.ts';
import type { Files } from '../system/files.ts';

/** A socket's chunks have 16–64 KiB; larger ones spare trips through the thread pool. */
const CHUNK_BYTES = 256 * 1024;

export interface Reading {
  start?: number;
  /** The first byte that is not wanted. */
  end?: number;
  /** A disk may need minutes for a large file. */
  signal?: AbortSignal;
}

/** Every chunk is the reader's to keep. */
export async function* readBytes(
  file: string,
  files: Files,
  { start = 0, end = Number.POSITIVE_INFINITY, signal }: Reading = {},
): AsyncGenerator<Uint8Array> {
  await using handle = await files.openRead(file);
  for (let offset = start; offset < end; ) {
    signal?.throwIfAborted();
    const chunk = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, end - offset));
    const { bytesRead } = await guard('read', file, () => handle.read(chunk, 0, chunk.length, offset));
    if (bytesRead === 0) return;
    offset += bytesRead;
    yield chunk.subarray(0, bytesRead);
  }
}
