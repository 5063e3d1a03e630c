// The archive formats, one row each: what their files are called, how they begin, and how they are read.
import type { Duplex, Writable } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { createTarReader } from './tar.ts';
import type { Unpacking } from './unpacking.ts';

export interface ArchiveFormat {
  name: string;
  suffixes: readonly string[];
  /** The first bytes of every such file; tar has none of its own. */
  magic?: Buffer;
  /** The streams that the bytes go through, in order. Formats without it are known, but cannot be unpacked. */
  open?(unpacking: Unpacking): [...Duplex[], Writable];
}

/** The default of 16 KiB costs a third more time. */
const CHUNK = { chunkSize: 64 * 1024 };

const TAR: ArchiveFormat = { name: 'tar', suffixes: ['.tar'], open: (unpacking) => [createTarReader(unpacking)] };

const FORMATS: readonly ArchiveFormat[] = [
  TAR,
  {
    name: 'tar.gz', // RFC 1952; .crate is cargo's name for it
    suffixes: ['.tar.gz', '.tgz', '.crate'],
    magic: Buffer.from([0x1f, 0x8b]),
    open: (unpacking) => [createGunzip(CHUNK), createTarReader(unpacking)],
  },
  {
    name: 'tar.zst', // RFC 8878
    suffixes: ['.tar.zst', '.tzst'],
    magic: Buffer.from([0x28, 0xb5, 0x2f, 0xfd]),
    open: (unpacking) => [createZstdDecompress(CHUNK), createTarReader(unpacking)],
  },
  { name: 'tar.xz', suffixes: ['.tar.xz', '.txz'], magic: Buffer.from('\xfd7zXZ\0', 'latin1') },
  { name: 'tar.bz2', suffixes: ['.tar.bz2', '.tbz2'], magic: Buffer.from('BZh') },
  { name: 'zip', suffixes: ['.zip'], magic: Buffer.from('PK\x03\x04', 'latin1') },
  { name: '7z', suffixes: ['.7z'], magic: Buffer.from("7z\xbc\xaf'\x1c", 'latin1') },
  { name: 'ar', suffixes: ['.deb', '.ar'], magic: Buffer.from('!<arch>\n') },
];

/** So many bytes tell all formats apart. */
export const MAGIC_BYTES = Math.max(...FORMATS.map(({ magic }) => magic?.length ?? 0));

/** True for file names of archives, also of those that cannot be unpacked. */
export function isArchive(fileName: string): boolean {
  const name = fileName.toLowerCase();
  return FORMATS.some(({ suffixes }) => suffixes.some((suffix) => name.endsWith(suffix)));
}

/**
 * The format of a file that begins so. Names lie: servers hand out "x.tar.gz" already unzipped. What begins like
 * nothing else is a tar, whose reader looks closer.
 */
export function findFormat(head: Buffer): ArchiveFormat {
  return FORMATS.find(({ magic }) => magic !== undefined && head.subarray(0, magic.length).equals(magic)) ?? TAR;
}
