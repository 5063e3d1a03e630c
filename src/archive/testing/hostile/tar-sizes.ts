// Sizes in four notations, and files with holes.
import { cutTar, GNU, octal, records, type TarItem } from '../tars.ts';
import { harmless, invalid, type TarRow, unsafe } from './case.ts';
import { A, a, dir } from './tar-members.ts';

/** A number in twelve bytes, the first of which says that no digits follow. */
const binary = (first: number, ...rest: number[]): Buffer =>
  Buffer.concat([Buffer.of(first), Buffer.alloc(11 - rest.length), Buffer.from(rest)]);
const sparse = (values: Record<string, string>, content: string | Buffer, name = 's'): TarItem[] => [
  records({ 'GNU.sparse.major': '1', 'GNU.sparse.minor': '0', 'GNU.sparse.name': name, ...values }),
  { name: 'GNUSparseFile.0/s', content },
];
const lines = (text: string): Buffer =>
  Buffer.concat([Buffer.from(text), Buffer.alloc((512 - (text.length % 512)) % 512)]);

/** As some old programs have added up: bytes above 127 count as negative ones. */
function signedSum(name: string): number {
  const sum = Number.parseInt(cutTar({ name }).toString('latin1', 148, 154), 8);
  return sum - 256 * Buffer.from(name).filter((byte) => byte > 127).length;
}

export const SIZES: TarRow[] = [
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
  ['a checksum of signed bytes', [], () => [{ name: 'ü', checksum: signedSum('ü') }], harmless('ü 1 0 ')],
  ['a member without a letter', [], () => [{ ...a, flag: '\0', magic: '' }], harmless(A)],
  ['a wrong checksum', [], () => [{ ...a, checksum: 1 }], invalid('No header of a tar where one belongs')],
  ['a mode that is none', [], () => [{ ...a, bytes: { 100: Buffer.alloc(8, 0xff) } }], harmless(A)],
];

/** A block of 21 empty parts that says that another follows. */
function oldParts(): Buffer {
  const block = Buffer.alloc(512);
  for (let part = 0; part < 42; part++) octal(0).copy(block, part * 12);
  block[504] = 1;
  return block;
}

export const SPARSE: TarRow[] = [
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
