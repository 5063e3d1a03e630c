// Packs a directory into a tar.zst that depends on nothing but its content: the same tree gives the same bytes, whoever
// made it, when, and in which order. Knows nothing of what the tree is.
import { once } from 'node:events';
import { constants, createZstdCompress } from 'node:zlib';
import { type Pack, pack } from 'tar-stream';
import type { Sha256 } from '../model/digest.ts';
import { Failure } from '../model/failure.ts';
import { createSha256 } from '../system/digest.ts';
import type { Files } from '../system/files.ts';

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

/** 1 January 1980, the earliest time that every archive format can hold, and what commands get as SOURCE_DATE_EPOCH. */
const MODIFIED_S = 315_532_800;

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

/** The bytes of the tar, a piece at a time. */
async function* tarOf(packing: Packing, files: Files): AsyncGenerator<Uint8Array, void> {
  const tar = pack();
  void fill(tar, packing, files).then(
    () => tar.finalize(),
    (error: Error) => tar.destroy(error),
  );
  yield* tar as AsyncIterable<Uint8Array>;
}

async function fill(tar: Pack, { first = [], tree }: Packing, files: Files): Promise<void> {
  for (const { name, content } of first) await add(tar, { name, mode: MODE }, content);
  await add(tar, { name: `${tree.name}/`, type: 'directory', mode: EXECUTABLE });
  for (const entry of await files.listTree(tree.dir)) {
    if (tree.leaveOut?.has(entry.path)) continue;
    const file = `${tree.dir}/${entry.path}`;
    const name = `${tree.name}/${entry.path}`;
    if (entry.kind === 'dir') await add(tar, { name: `${name}/`, type: 'directory', mode: EXECUTABLE });
    else if (entry.kind === 'link')
      await add(tar, { name, type: 'symlink', linkname: await files.readLink(file), mode: EXECUTABLE });
    else if (entry.kind !== 'file') throw cannotPack('INVALID_RESULT', file, 'it is a device, a pipe or a socket');
    else {
      const { mode, sizeBytes } = await files.stat(file);
      const header = { name, mode: (mode & 0o100) === 0 ? MODE : EXECUTABLE };
      if (tree.replace?.names.has(entry.path)) await add(tar, header, await tree.replace.content(entry.path));
      else await addFile(tar, { ...header, size: sizeBytes }, chunksOf(file, sizeBytes, files));
    }
  }
}

type TarHeader = Parameters<Pack['entry']>[0];

/** What is the same for all: nobody owns them, and they are as old as each other. */
const COMMON = { uid: 0, gid: 0, mtime: new Date(MODIFIED_S * 1000) };
const [MODE, EXECUTABLE] = [0o644, 0o755];

function add(tar: Pack, header: TarHeader, content: string | Uint8Array = ''): Promise<void> {
  return new Promise((resolve, reject) => {
    tar.entry({ ...COMMON, ...header }, Buffer.from(content), (error) => (error ? reject(error) : resolve()));
  });
}

async function addFile(tar: Pack, header: TarHeader, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const entry = tar.entry({ ...COMMON, ...header }, (error) => (error ? reject(error) : resolve(undefined)));
  // What goes wrong comes out of the tar; whoever stops reading that wants to hear nothing of its entries.
  entry.on('error', () => {});
  promise.catch(() => {});
  for await (const chunk of chunks) {
    // Their memory is used again while these bytes still wait to be taken.
    if (!entry.write(Buffer.from(chunk))) await Promise.race([once(entry, 'drain'), promise]);
  }
  entry.end(null);
  await promise;
}

/** As many bytes as were announced: also an endless file must not grow behind a header that says otherwise. */
async function* chunksOf(file: string, sizeBytes: number, files: Files): AsyncGenerator<Uint8Array, void> {
  let seen = 0;
  for await (const chunk of files.readChunks(file)) {
    seen += chunk.length;
    if (seen > sizeBytes) break;
    yield chunk;
  }
  if (seen !== sizeBytes) throw cannotPack('IO_ERROR', file, 'it changes while it is read');
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
