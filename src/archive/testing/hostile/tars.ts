// What only a tar can say: hard links, members that describe others, sizes in four notations, sparse files, an end that is
// none.
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { cutTar, END, GNU, longName, octal, record, records, type TarItem, tarOfBlocks } from '../tars.ts';
import { type HostileCase, harmless, invalid, unsafe } from './case.ts';

const a: TarItem = { name: 'a', content: 'x' };
const A = 'a 1 0 x';
const hard = (name: string, target: string): TarItem => ({ name, flag: '1', target });
const soft = (name: string, target: string): TarItem => ({ name, flag: '2', target });
const dir = (name: string): TarItem => ({ name: `${name}/`, flag: '5' });
/** A number in twelve bytes, the first of which says that no digits follow. */
const binary = (first: number, ...rest: number[]): Buffer =>
  Buffer.concat([Buffer.of(first), Buffer.alloc(11 - rest.length), Buffer.from(rest)]);
const sparse = (values: Record<string, string>, content: string | Buffer, name = 's'): TarItem[] => [
  records({ 'GNU.sparse.major': '1', 'GNU.sparse.minor': '0', 'GNU.sparse.name': name, ...values }),
  { name: 'GNUSparseFile.0/s', content },
];
const lines = (text: string): Buffer =>
  Buffer.concat([Buffer.from(text), Buffer.alloc((512 - (text.length % 512)) % 512)]);

type Row = [
  name: string,
  cves: string[],
  items: (outsideDir: string) => (TarItem | Buffer)[],
  becomes: HostileCase['becomes'],
];

const HARD_LINKS: Row[] = [
  [
    'a hard link that climbs',
    ['CVE-2024-12905', 'CVE-2026-24842'],
    () => [hard('h', '../outside/secret')],
    unsafe('which leaves the directory'),
  ],
  [
    'a hard link that is absolute',
    ['CVE-2026-23745'],
    (out) => [hard('h', `${out}/secret`)],
    unsafe('which has an absolute path'),
  ],
  [
    'a hard link with a drive that climbs',
    [],
    () => [hard('h', 'C:../outside/secret')],
    invalid('which was not unpacked before'),
  ],
  [
    'a hard link out of here, and a file of its name',
    ['CVE-2018-20834', 'CVE-2018-20990'],
    (out) => [hard('h', `${out}/secret`), { name: 'h', content: 'overwritten' }],
    unsafe('which has an absolute path'),
  ],
  [
    'a hard link through a link',
    ['CVE-2025-48387', 'CVE-2026-26960'],
    () => [dir('d'), { name: 'd/f', content: 'x' }, soft('l', 'd'), hard('h', 'l/f')],
    unsafe('entry "h" is a hard link to "l/f", which goes through a link ("l")'),
  ],
  [
    'a hard link to a link, in a place from where it would lead out',
    [],
    () => [soft('a/b/l', '../../x'), hard('l', 'a/b/l')],
    unsafe('entry "l" is a link to "../../x", which leaves the directory'),
  ],
  [
    'a hard link to a directory',
    [],
    () => [dir('d'), hard('h', 'd')],
    unsafe('entry "h" is a hard link to "d", which is no file'),
  ],
  ['a hard link to itself', [], () => [hard('h', 'h')], invalid('which was not unpacked before')],
  ['hard links in a ring', [], () => [hard('h', 'i'), hard('i', 'h')], invalid('which was not unpacked before')],
  [
    'a file over a second name of another',
    [],
    () => [a, hard('h', 'a'), { name: 'h', content: 'y' }],
    harmless(A, 'h 1 0 y'),
  ],
  [
    'a hard link with a content for what it leads to',
    ['CVE-2016-5418'],
    () => [a, { ...hard('h', 'a'), content: 'overwritten' }],
    invalid('No header of a tar where one belongs'),
  ],
  [
    'a hard link with the size of what it leads to',
    [],
    () => [a, { ...hard('h', 'a'), size: 700 }, { name: 'b' }],
    harmless('a 2 0 x', 'b 1 0 ', 'h 2 0 x'),
  ],
];

const DESCRIPTIONS: Row[] = [
  [
    'a record with a name that climbs',
    [],
    () => [records({ path: '../escaped' }), a],
    unsafe('entry "../escaped" leaves the directory'),
  ],
  [
    'a record with a target that climbs',
    [],
    () => [records({ linkpath: '../../x' }), soft('l', 'a')],
    unsafe('is a link to "../../x", which leaves'),
  ],
  [
    'a record with a NUL in a name',
    [],
    () => [records({ path: 'a\0/../escaped' }), a],
    unsafe('has a NUL character in its name'),
  ],
  ['a record with an empty name', [], () => [records({ path: '' }), a], harmless(A)],
  [
    'a record with another size than the header',
    ['CVE-2025-62518'],
    () => [records({ size: '1024' }), { name: 'a', size: 0 }, cutTar({ name: 'smuggled', content: 'x' })],
    harmless(`a 1 0 ${cutTar({ name: 'smuggled', content: 'x' }).toString('latin1')}`),
  ],
  ['a record with a negative size', [], () => [records({ size: '-512' }), a], invalid('A size that is no number')],
  [
    'a record with a size beyond all',
    [],
    () => [records({ size: '9'.repeat(30) }), a],
    invalid('A size that is no number'),
  ],
  ['a record with a size and more', [], () => [records({ size: '1e3' }), a], invalid('A size that is no number')],
  [
    'records of no length',
    ['CVE-2019-20907'],
    () => [{ name: 'p', flag: 'x', content: '0 path=b\n' }, a],
    invalid('no list of records'),
  ],
  [
    'records of a negative length',
    [],
    () => [{ name: 'p', flag: 'x', content: '-9 path=b\n' }, a],
    invalid('no list of records'),
  ],
  [
    'records longer than their header',
    ['CVE-2006-0300'],
    () => [{ name: 'p', flag: 'x', content: '99999 path=b\n' }, a],
    invalid('no list of records'),
  ],
  [
    'records that do not end',
    [],
    () => [{ name: 'p', flag: 'x', content: '12 path=../b' }, a],
    invalid('no list of records'),
  ],
  ['a record without a key', [], () => [{ name: 'p', flag: 'x', content: '5 =b\n' }, a], invalid('no list of records')],
  [
    'a record with a very long key',
    ['CVE-2023-39804'],
    () => [records({ [`SCHILY.xattr.${'k'.repeat(200_000)}`]: 'v' }), a],
    harmless(A),
  ],
  ['records in a foreign character set', [], () => [records({ hdrcharset: 'BINARY', path: 'a' }), a], harmless(A)],
  ['times before and after all', [], () => [records({ mtime: '-1e99', atime: '9'.repeat(40) }), a], harmless(A)],
  [
    'records that are larger than memory',
    ['CVE-2022-2879'],
    () => [{ name: 'p', flag: 'x', size: 2 ** 33 }, a],
    invalid('An extended header that is too large'),
  ],
  [
    'a record for all with a path',
    [],
    () => [{ ...records({ path: 'b' }), flag: 'g' }, a],
    unsafe('it says "path" for all its files at once'),
  ],
  [
    'a record for all with a size',
    [],
    () => [{ ...records({ size: '1024' }), flag: 'g' }, a],
    unsafe('it says "size" for all its files at once'),
  ],
  ['a comment for all', [], () => [{ ...records({ comment: 'c' }), flag: 'g' }, a], harmless(A)],
  [
    'two lists of records for one member',
    [],
    () => [records({ path: 'b' }), records({ path: 'c' }), a],
    unsafe('entry "c" is described twice'),
  ],
  ['a long name that climbs', [], () => [longName('../escaped'), a], unsafe('entry "../escaped" leaves the directory')],
  [
    'a long target that climbs',
    [],
    () => [longName('../../x', 'K'), soft('l', 'a')],
    unsafe('is a link to "../../x", which leaves'),
  ],
  ['two long names for one file', [], () => [longName('b'), longName('c'), a], unsafe('entry "c" is described twice')],
  [
    'a long name that is longer than the tar',
    [],
    () => [{ ...longName('b'), size: 5_000 }],
    invalid('Unexpected end of data'),
  ],
  [
    'a long name that is larger than memory',
    [],
    () => [{ ...longName('b'), size: 2 ** 34 }],
    invalid('An extended header that is too large'),
  ],
  ['a long name of nothing', [], () => [a, longName('b')], invalid('A description of nothing')],
  [
    'a name that is longer than a path',
    [],
    () => [longName('d/'.repeat(2_200).slice(0, 4_100)), a],
    unsafe('more than 200 directories deep'),
  ],
  [
    'a list of names and links',
    ['CVE-2006-6097'],
    () => [{ name: 'n', flag: 'N', content: 'Symlink / to a\n' }, a],
    invalid('is of a kind that galley cannot unpack'),
  ],
  [
    'a second volume',
    [],
    () => [{ name: 'a', flag: 'M', content: 'rest', magic: GNU }],
    invalid('is of a kind that galley cannot unpack'),
  ],
  [
    'a kind that nobody knows',
    [],
    () => [{ name: 'a', flag: 'Q', content: 'x' }],
    invalid('is of a kind that galley cannot unpack'),
  ],
  ['a label', [], () => [{ name: '../label', flag: 'V', magic: GNU }, a], harmless(A)],
  [
    'a list of what is in a directory',
    [],
    () => [{ name: 'd/', flag: 'D', content: 'Ya\0\0', magic: GNU }, a],
    harmless(A, 'd/'),
  ],
];

const SIZES: Row[] = [
  [
    'a negative size',
    ['CVE-2025-8194'],
    () => [{ ...a, size: Buffer.alloc(12, 0xff) }],
    invalid('A size that is no number'),
  ],
  ['a size with a strange first byte', [], () => [{ ...a, size: binary(0x81) }], invalid('A size that is no number')],
  [
    'a size of other digits',
    [],
    () => [{ ...a, size: Buffer.from('00000000009\0') }],
    invalid('A size that is no number'),
  ],
  [
    'a size of spaces',
    ['CVE-2022-48303'],
    () => [{ name: 'a', size: Buffer.alloc(12, 0x20), magic: '' }],
    harmless('a 1 0 '),
  ],
  [
    'a size beyond all',
    [],
    () => [{ ...a, size: binary(0x80, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff) }],
    invalid('A size that is no number'),
  ],
  [
    'a size of petabytes',
    [],
    () => [{ ...a, size: binary(0x80, 4, 0, 0, 0, 0, 0, 0) }],
    invalid('Unexpected end of data'),
  ],
  ['a directory with a size', [], () => [{ ...dir('d'), size: 4096 }, a], harmless(A, 'd/')],
  [
    'a directory with a content',
    [],
    () => [{ ...dir('d'), content: 'x' }, a],
    invalid('No header of a tar where one belongs'),
  ],
  ['a file that is called like a directory', [], () => [{ name: 'd/', magic: '' }, a], harmless(A, 'd/')],
  ['a wrong checksum', [], () => [{ ...a, checksum: 1 }], invalid('No header of a tar where one belongs')],
  ['a mode that is none', [], () => [{ ...a, bytes: { 100: Buffer.alloc(8, 0xff) } }], harmless(A)],
];

const SPARSE: Row[] = [
  [
    'holes',
    [],
    () => sparse({ 'GNU.sparse.realsize': '5' }, Buffer.concat([lines('1\n2\n1\n'), Buffer.from('x')])),
    harmless('s 1 0 \0\0x\0\0'),
  ],
  [
    'a sparse name that climbs',
    [],
    () => sparse({ 'GNU.sparse.realsize': '0' }, lines('0\n'), '../escaped'),
    unsafe('entry "../escaped" leaves the directory'),
  ],
  [
    'a hole of petabytes',
    [],
    () => sparse({ 'GNU.sparse.realsize': `${2 ** 52}` }, lines('0\n')),
    unsafe('it unpacks to more than'),
  ],
  [
    'parts in the wrong order',
    ['CVE-2018-20482'],
    () => sparse({ 'GNU.sparse.realsize': '9' }, Buffer.concat([lines('2\n5\n1\n0\n1\n'), Buffer.from('xy')])),
    invalid('whose parts overlap'),
  ],
  [
    'a part behind the end',
    [],
    () => sparse({ 'GNU.sparse.realsize': '2' }, Buffer.concat([lines('1\n5\n1\n'), Buffer.from('x')])),
    invalid('contradicts its map'),
  ],
  [
    'more parts than content',
    [],
    () => sparse({ 'GNU.sparse.realsize': '9' }, lines('1\n0\n9\n')),
    invalid('contradicts its map'),
  ],
  [
    'parts without number',
    ['CVE-2025-58183'],
    () => sparse({ 'GNU.sparse.realsize': '9' }, lines('900000000\n')),
    invalid('a map that is too long'),
  ],
  [
    'a map that never ends',
    [],
    () => sparse({ 'GNU.sparse.realsize': '9' }, Buffer.alloc(100_000, '1')),
    invalid('without its map'),
  ],
  [
    'a map of words',
    [],
    () => sparse({ 'GNU.sparse.realsize': '9' }, lines('one\ntwo\n')),
    invalid('A size that is no number'),
  ],
  [
    'a sparse file of a version to come',
    [],
    () => sparse({ 'GNU.sparse.major': '2' }, lines('0\n')),
    invalid('A sparse file of version 2.0'),
  ],
  [
    'a sparse file without a size',
    ['CVE-2019-9923'],
    () => [records({ 'GNU.sparse.map': '0,1' }), a],
    invalid('A size that is no number'),
  ],
  [
    'half a part',
    [],
    () => [records({ 'GNU.sparse.size': '1', 'GNU.sparse.map': '0,1,2' }), a],
    invalid('a map that is too long'),
  ],
  [
    'blocks of parts without end',
    ['CVE-2026-32288'],
    () => [
      { name: 's', flag: 'S', magic: GNU, size: 0, bytes: { 482: Buffer.of(1), 483: octal(9) } },
      ...Array<Buffer>(5_000).fill(oldParts()),
    ],
    invalid('a map that is too long'),
  ],
];

/** A block of 21 empty parts that says that another follows. */
function oldParts(): Buffer {
  const block = Buffer.alloc(512);
  for (let part = 0; part < 42; part++) octal(0).copy(block, part * 12);
  block[504] = 1;
  return block;
}

const ENDS: Row[] = [
  ['a second tar behind the end', [], () => [a, END, { name: '../escaped' }], harmless(A)],
  ['garbage behind the end', [], () => [a, END, Buffer.alloc(512, 'z')], harmless(A)],
  ['one block of zeros, and more files', [], () => [a, Buffer.alloc(512), { name: 'b' }], harmless(A)],
  ['nothing at all', [], () => [], harmless()],
];

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
