// How streams are compressed, one row each: what their files are called, how they begin, and what decodes them. Knows
// nothing of what is inside.
import type { Duplex } from 'node:stream';
import type { Filter } from '../system/filter.ts';
import { createBzip2Decoder } from './bzip2/bzip2.ts';
import { createGzipDecoder } from './gzip.ts';
import { createXzDecoder } from './xz.ts';
import { decodeZstd } from './zstd.ts';

export interface Codec {
  name: string;
  /** Of a single file. A tar has `.tar` before it. */
  suffix: string;
  /** What a tar is called else. */
  tarSuffixes: readonly string[];
  magic: Buffer;
  decode(): Duplex | Filter;
}

const ZST: Codec = {
  name: 'zst', // RFC 8878
  suffix: '.zst',
  tarSuffixes: ['.tzst'],
  magic: Buffer.from([0x28, 0xb5, 0x2f, 0xfd]),
  decode: () => decodeZstd,
};

export const CODECS: readonly Codec[] = [
  {
    name: 'gz', // RFC 1952; .crate is cargo's name for it
    suffix: '.gz',
    tarSuffixes: ['.tgz', '.crate'],
    magic: Buffer.from([0x1f, 0x8b]),
    decode: createGzipDecoder,
  },
  ZST,
  // The first frame is one to be skipped: so begins what pzstd makes.
  { ...ZST, magic: Buffer.from([0x50, 0x2a, 0x4d, 0x18]) },
  {
    name: 'xz', // The .xz File Format 1.2.1
    suffix: '.xz',
    tarSuffixes: ['.txz'],
    magic: Buffer.from('\xfd7zXZ\0', 'latin1'),
    decode: createXzDecoder,
  },
  { name: 'bz2', suffix: '.bz2', tarSuffixes: ['.tbz2'], magic: Buffer.from('BZh'), decode: createBzip2Decoder },
];
