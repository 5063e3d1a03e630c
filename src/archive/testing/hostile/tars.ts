// What only a tar can say: hard links, members that describe others, sizes in four notations, files with holes, an end that
// is none.
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { cutTar, record, tarOfBlocks } from '../tars.ts';
import { type HostileCase, harmless, invalid, unsafe } from './case.ts';
import { DESCRIPTIONS } from './tar-descriptions.ts';
import { ENDS, HARD_LINKS } from './tar-links.ts';
import { A, a } from './tar-members.ts';
import { SIZES, SPARSE } from './tar-sizes.ts';

const rows: HostileCase[] = [...HARD_LINKS, ...DESCRIPTIONS, ...SIZES, ...SPARSE, ...ENDS].map(
  ([name, cves, items, becomes]) => ({
    name,
    file: 'x.tar',
    cves,
    bytes: (outsideDir) => tarOfBlocks(...items(outsideDir)),
    becomes,
  }),
);

const zeros = (): Buffer => tarOfBlocks({ name: 'zeros', content: Buffer.alloc(3_000_000) });

export const TARS: HostileCase[] = [
  ...rows,
  { name: 'no end', file: 'x.tar', bytes: () => cutTar(a), becomes: invalid('Unexpected end of data') },
  {
    name: 'half a block',
    file: 'x.tar',
    bytes: () => tarOfBlocks(a).subarray(0, 1_300),
    becomes: invalid('Unexpected end of data'),
  },
  {
    name: 'half a record',
    file: 'x.tar',
    bytes: () => cutTar({ name: 'p', flag: 'x', content: record('path', 'b'.repeat(600)) }).subarray(0, 700),
    becomes: invalid('Unexpected end of data'),
  },
  ...[['x.tar.gz', gzipSync] as const, ['x.tar.zst', zstdCompressSync] as const].map(
    ([file, pack]): HostileCase => ({
      name: 'a file of zeros that is a thousand times as large as its archive',
      file,
      bytes: () => pack(zeros()),
      becomes: unsafe('it unpacks to more than 250 times its size'),
      limits: { harmlessBytes: 1_000_000 },
    }),
  ),
  {
    name: 'a tar in a gzip in a gzip',
    file: 'x.tar.gz',
    bytes: () => gzipSync(gzipSync(tarOfBlocks(a))),
    becomes: invalid(''),
  },
  {
    name: 'two gzips in a row',
    file: 'x.tar.gz',
    bytes: () => Buffer.concat([gzipSync(tarOfBlocks(a)), gzipSync(tarOfBlocks({ name: '../escaped' }))]),
    becomes: harmless(A),
  },
  {
    name: 'zeros behind a gzip',
    file: 'x.tar.gz',
    bytes: () => Buffer.concat([gzipSync(tarOfBlocks(a)), Buffer.alloc(600)]),
    becomes: harmless(A),
  },
  {
    name: 'garbage behind a gzip',
    file: 'x.tar.gz',
    bytes: () => Buffer.concat([gzipSync(tarOfBlocks(a)), Buffer.alloc(600, 'z')]),
    becomes: invalid('it is truncated or corrupt'),
  },
];
