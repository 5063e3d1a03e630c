// The archive formats, one row each: what their files are called, how they begin, and how they are read: as they come,
// or from the whole file where the directory is at its end.
import type { Duplex, Writable } from 'node:stream';
import type { Filter } from '../system/filter.ts';
import { AR_MAGIC, readAr, THIN_AR_MAGIC } from './ar.ts';
import { CODECS, type Codec } from './codec.ts';
import { readCompressed } from './compressed.ts';
import type { OpenFile } from './pages.ts';
import { unpackSevenZip } from './seven-zip/seven-zip.ts';
import { createTarReader } from './tar/tar.ts';
import type { Unpacking } from './unpacking.ts';
import { unpackZip } from './zip/zip.ts';

/** The last step of a pipeline: over when everything is unpacked. */
type Sink = Writable | ((source: AsyncIterable<Uint8Array>) => Promise<void>);

export interface ArchiveFormat {
  name: string;
  suffixes: readonly string[];
  /** The first bytes of every such file; tar has none of its own. */
  magic?: Buffer;
  /** The streams that the bytes go through, in order. */
  open?(unpacking: Unpacking, fileName: string): [...(Duplex | Filter)[], Sink];
  /** Unpacks from the whole file. Formats without either are known, but cannot be unpacked. */
  unpack?(file: OpenFile, unpacking: Unpacking): Promise<void>;
}

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
  ...CODECS.map(compressed),
  ZIP,
  { name: '7z', suffixes: ['.7z'], magic: Buffer.from("7z\xbc\xaf'\x1c", 'latin1'), unpack: unpackSevenZip },
  {
    name: 'ar',
    suffixes: ['.deb', '.ar'],
    magic: Buffer.from(AR_MAGIC),
    open: (unpacking) => [readAr(unpacking)],
  },
  // Only names of files that lie elsewhere.
  { name: 'thin ar', suffixes: [], magic: Buffer.from(THIN_AR_MAGIC) },
];

/** So many bytes tell all formats apart. */
export const MAGIC_BYTES = Math.max(...FORMATS.map(({ magic }) => magic?.length ?? 0));

/** True for file names of archives. */
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

/** What is called like a single file may be one; everything else has to be a tar. */
function compressed({ name, suffix, tarSuffixes, magic, decode }: Codec): ArchiveFormat {
  const tars = [`.tar${suffix}`, ...tarSuffixes];
  const isSingle = (fileName: string): boolean =>
    isNamedLike({ suffixes: [suffix] }, fileName) && !isNamedLike({ suffixes: tars }, fileName);
  return {
    name,
    suffixes: [suffix, ...tarSuffixes],
    magic,
    open: (unpacking, fileName) => [
      decode(),
      isSingle(fileName) ? readCompressed(unpacking, fileName, suffix) : createTarReader(unpacking),
    ],
  };
}

function isNamedLike({ suffixes }: Pick<ArchiveFormat, 'suffixes'>, fileName: string): boolean {
  const name = fileName.toLowerCase();
  return suffixes.some((suffix) => name.endsWith(suffix));
}
