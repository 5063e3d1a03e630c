// Packs a directory into a tar.zst that depends on nothing but its content: the same tree gives the same bytes, whoever
// made it, when, and in which order. Knows nothing of what the tree is.
import { constants, createZstdCompress } from 'node:zlib';
import type { Sha256 } from '../model/digest.ts';
import { Failure } from '../model/failure.ts';
import { createSha256 } from '../system/digest.ts';
import type { Files } from '../system/files.ts';
import { encodeTarHeader, paddingAfter, TAR_END } from './tar/header.ts';

export interface Packing {
  /** Small files that come before the tree, in this order. */
  first?: readonly { name: string; content: string | Uint8Array }[];
  /** The directory whose content goes in, and the name it has there. */
  tree: { dir: string; name: string } & Changes;
}

/** How the tree in the archive differs from that on the disk, by relative path. */
export interface Changes {
  leaveOut?: ReadonlySet<string>;
  /** Files whose content is what this answers for them. */
  replace?: { names: ReadonlySet<string>; content(path: string): Promise<Uint8Array> };
}

export interface Packed {
  sha256: Sha256;
  sizeBytes: number;
}

/** Level 3 packs as fast as most disks write; 9 takes four times as long for a tenth less. */
const ZSTD = { params: { [constants.ZSTD_c_compressionLevel]: 3 } };
/** What goes to the compressor at once. */
const PIECE_BYTES = 256 * 1024;

/**
 * Makes an archive, as a file that must not exist yet; nothing is left of it when that fails.
 *
 * Kept are names, content, what links say, and whether the owner may execute a file. A hard link is packed as a file.
 * The tar is the same for ever; another version of zstd may pack it into other bytes.
 *
 * @throws Failure INVALID_RESULT for devices, pipes and sockets; INTERRUPTED, IO_ERROR, NO_SPACE
 */
export async function packTree(
  packing: Packing,
  file: string,
  { files, signal }: { files: Files; signal: AbortSignal },
): Promise<Packed> {
  const digest = createSha256();
  let sizeBytes = 0;
  await using writer = await files.openWriter(file);
  try {
    for await (const bytes of compress(tarOf(packing, files))) {
      signal.throwIfAborted();
      digest.update(bytes);
      sizeBytes += bytes.length;
      await writer.write(bytes);
    }
  } catch (error) {
    await files.unlink(file).catch(() => {});
    if (!signal.aborted || error instanceof Failure) throw error;
    throw new Failure('INTERRUPTED', `Cannot pack "${packing.tree.dir}": the run was cancelled`, { cause: error });
  }
  return { sha256: digest.finish(), sizeBytes };
}

/** The bytes of the tar, a piece at a time; each is good until the next. */
async function* tarOf({ first = [], tree }: Packing, files: Files): AsyncGenerator<Uint8Array, void> {
  for (const { name, content } of first) yield* contentOf(Buffer.from(content), name, false);
  yield encodeTarHeader({ kind: 'dir', name: tree.name });
  for (const entry of await files.listTree(tree.dir)) {
    if (tree.leaveOut?.has(entry.path)) continue;
    const file = `${tree.dir}/${entry.path}`;
    const name = `${tree.name}/${entry.path}`;
    if (entry.kind === 'dir') yield encodeTarHeader({ kind: 'dir', name });
    else if (entry.kind === 'link') yield encodeTarHeader({ kind: 'link', name, target: await files.readLink(file) });
    else if (tree.replace?.names.has(entry.path)) {
      const { mode } = await files.stat(file);
      yield* contentOf(await tree.replace.content(entry.path), name, isExecutable(mode));
    } else if (entry.kind === 'file') yield* fileOf(file, name, files);
    else throw cannotPack('INVALID_RESULT', file, 'it is a device, a pipe or a socket');
  }
  yield TAR_END;
}

const isExecutable = (mode: number): boolean => (mode & 0o100) !== 0;

function* contentOf(bytes: Uint8Array, name: string, isExecutable: boolean): Generator<Uint8Array, void> {
  yield encodeTarHeader({ kind: 'file', name, sizeBytes: bytes.length, isExecutable });
  yield bytes;
  yield paddingAfter(bytes.length);
}

async function* fileOf(file: string, name: string, files: Files): AsyncGenerator<Uint8Array, void> {
  const { mode, sizeBytes } = await files.stat(file);
  yield encodeTarHeader({ kind: 'file', name, sizeBytes, isExecutable: isExecutable(mode) });
  let seen = 0;
  for await (const chunk of files.readChunks(file)) {
    seen += chunk.length;
    // Also an endless one must not grow behind a header that says otherwise.
    if (seen > sizeBytes) break;
    yield chunk;
  }
  if (seen !== sizeBytes) throw cannotPack('IO_ERROR', file, 'it changes while it is read');
  yield paddingAfter(sizeBytes);
}

async function* compress(source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer, void> {
  const zstd = createZstdCompress(ZSTD);
  const feeding = feed(source, zstd).catch((error: Error) => void zstd.destroy(error));
  yield* zstd as AsyncIterable<Buffer>;
  await feeding;
}

/**
 * Always the same pieces, each alone, and the end alone: zstd packs bytes otherwise that come together with the end,
 * and whether a stream sends them together is a matter of timing.
 */
async function feed(source: AsyncIterable<Uint8Array>, zstd: ReturnType<typeof createZstdCompress>): Promise<void> {
  for await (const piece of inPieces(source))
    await new Promise<void>((done, failed) => zstd.write(piece, (error) => (error ? failed(error) : done())));
  zstd.end();
}

/** The same bytes in pieces of one size; each is good until the next. */
async function* inPieces(source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer, void> {
  const piece = Buffer.allocUnsafe(PIECE_BYTES);
  let filled = 0;
  for await (const bytes of source) {
    for (let at = 0; at < bytes.length; ) {
      const taken = Math.min(bytes.length - at, PIECE_BYTES - filled);
      piece.set(bytes.subarray(at, at + taken), filled);
      at += taken;
      filled += taken;
      if (filled < PIECE_BYTES) continue;
      yield piece;
      filled = 0;
    }
  }
  if (filled > 0) yield piece.subarray(0, filled);
}

function cannotPack(code: 'INVALID_RESULT' | 'IO_ERROR', file: string, reason: string): Failure {
  return new Failure(code, `Cannot pack "${file}": ${reason}`, { facts: { path: file } });
}
