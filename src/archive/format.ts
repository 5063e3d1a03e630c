// The archive formats, one row each: what their files are called, how they begin, and how they are read: as they come,
// or from the whole file where the directory is at its end.
import type { Duplex, Writable } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import type { Filter } from '../system/filter.ts';
import { createBzip2Decoder } from './bzip2/bzip2.ts';
import { createTarReader } from './tar.ts';
import type { Unpacking } from './unpacking.ts';
import { createXzDecoder } from './xz.ts';
import type { OpenFile } from './zip/pages.ts';
import { unpackZip } from './zip/zip.ts';

export interface ArchiveFormat {
  name: string;
  suffixes: readonly string[];
  /** The first bytes of every such file; tar has none of its own. */
  magic?: Buffer;
  /** The streams that the bytes go through, in order. */
  open?(unpacking: Unpacking): [...(Duplex | Filter)[], Writable];
  /** Unpacks from the whole file. Formats without either are known, but cannot be unpacked. */
  unpack?(file: OpenFile, unpacking: Unpacking): Promise<void>;
}

/** The default of 16 KiB costs a third more time. */
const CHUNK = { chunkSize: 64 * 1024 };

const TAR: ArchiveFormat = { name: 'tar', suffixes: ['.tar'], open: (unpacking) => [createTarReader(unpacking)] };

// Wheels are zips by their norm (PEP 427). Java archives are too, but nobody wants to see them unpacked.
const ZIP: ArchiveFormat = {
  name: 'zip',
  suffixes: ['.zip', '.whl'],
  magic: Buffer.from('PK\x03\x04', 'latin1'),
  unpack: unpackZip,
};

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
  {
    name: 'tar.xz', // The .xz File Format 1.2.1
    suffixes: ['.tar.xz', '.txz'],
    magic: Buffer.from('\xfd7zXZ\0', 'latin1'),
    open: (unpacking) => [createXzDecoder(), createTarReader(unpacking)],
  },
  {
    name: 'tar.bz2',
    suffixes: ['.tar.bz2', '.tbz2'],
    magic: Buffer.from('BZh'),
    open: (unpacking) => [createBzip2Decoder(), createTarReader(unpacking)],
  },
  ZIP,
  { name: '7z', suffixes: ['.7z'], magic: Buffer.from("7z\xbc\xaf'\x1c", 'latin1') },
  { name: 'ar', suffixes: ['.deb', '.ar'], magic: Buffer.from('!<arch>\n') },
];

/** So many bytes tell all formats apart. */
export const MAGIC_BYTES = Math.max(...FORMATS.map(({ magic }) => magic?.length ?? 0));

/** True for file names of archives, also of those that cannot be unpacked. */
export function isArchive(fileName: string): boolean {
  return FORMATS.some((format) => isNamedLike(format, fileName));
}

/** True for names of archives that can be unpacked while they arrive. */
export function isStreamed(fileName: string): boolean {
  return FORMATS.some((format) => format.open && isNamedLike(format, fileName));
}

/**
 * The format of a file that begins so. Names lie: servers hand out "x.tar.gz" already unzipped. What begins like
 * nothing else is a zip when it is called so, as those that unpack themselves begin with a program; else a tar, whose
 * reader looks closer.
 */
export function findFormat(head: Buffer, fileName: string): ArchiveFormat {
  const seen = FORMATS.find(({ magic }) => magic !== undefined && head.subarray(0, magic.length).equals(magic));
  return seen ?? (isNamedLike(ZIP, fileName) ? ZIP : TAR);
}

function isNamedLike({ suffixes }: ArchiveFormat, fileName: string): boolean {
  const name = fileName.toLowerCase();
  return suffixes.some((suffix) => name.endsWith(suffix));
}
