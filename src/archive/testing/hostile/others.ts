// What only ar, Debian packages, and files that are packed alone can say.
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { arOf } from '../ars.ts';
import { tarOfBlocks } from '../tars.ts';
import { caseOf, type HostileCase, harmless, invalid, type Row, rowsOf, unsafe } from './case.ts';

const packageOf = (data: Buffer, name = 'data.tar'): Buffer =>
  arOf({ name: 'debian-binary', content: '2.0\n' }, { name: 'control.tar', content: 'x' }, { name, content: data });

const ARS: Row[] = [
  [
    'a name that climbs',
    ['CVE-2014-8737'],
    () => arOf({ name: '../escaped', content: 'x' }),
    unsafe('entry "../escaped" leaves the directory'),
  ],
  [
    'a long name that climbs',
    ['CVE-2014-8737'],
    () => arOf({ name: '//', content: '../escaped/\n' }, { name: '/0', content: 'x' }),
    unsafe('entry "../escaped" leaves the directory'),
  ],
  [
    'a name in its content that is absolute',
    [],
    (out) => arOf({ name: `#1/${out.length + 8}`, content: `${out}/escaped` }),
    unsafe('has an absolute path'),
  ],
  [
    'a name behind the table of names',
    [],
    () => arOf({ name: '//', content: 'a/\n' }, { name: '/99', content: 'x' }),
    invalid('not in the table of names'),
  ],
  [
    'a name longer than its member',
    [],
    () => arOf({ name: '#1/999', content: 'x' }),
    invalid('A name that is longer than its member'),
  ],
  [
    'a table of names of gigabytes',
    [],
    () => arOf({ name: '//', said: 9_999_999_999 }),
    invalid('A table of names that is too large'),
  ],
  [
    'a member that is longer than the file',
    [],
    () => arOf({ name: 'a/', said: 4_000_000, content: 'x' }),
    invalid('Unexpected end of data'),
  ],
  [
    'names of files that lie elsewhere',
    [],
    () => Buffer.from('!<thin>\n'),
    invalid('galley cannot read thin ar archives'),
  ],
];

const PACKAGES: Row[] = [
  [
    'a file that climbs',
    ['CVE-2022-1664'],
    () => packageOf(tarOfBlocks({ name: './../escaped' })),
    unsafe('entry "./../escaped" leaves the directory'),
  ],
  [
    'an absolute link',
    [],
    () => packageOf(tarOfBlocks({ name: './l', flag: '2', target: '/etc' })),
    unsafe('is a link to "/etc", an absolute path'),
  ],
  [
    'two sets of files',
    [],
    () =>
      Buffer.concat([
        packageOf(tarOfBlocks({ name: 'a' })),
        arOf({ name: 'data.tar', content: tarOfBlocks({ name: '../escaped' }) }).subarray(8),
      ]),
    harmless('a 1 0 '),
  ],
  ['no files', [], () => arOf({ name: 'debian-binary', content: '2.0\n' }), invalid('No data.tar in the package')],
  [
    'files that are packed in an unknown way',
    [],
    () => packageOf(Buffer.from('x'), 'data.tar.lz4'),
    invalid('is packed in a way that galley cannot read'),
  ],
];

const ALONE: [file: string, ...Row][] = [
  [
    'fix.patch.gz',
    'a name inside that climbs',
    ['CVE-2005-1228'],
    () => gzipWithName('../escaped'),
    harmless('fix.patch 1 0 x'),
  ],
  ['...gz', 'no name but dots', [], () => gzipSync('x'), unsafe('leaves the directory')],
  [
    'zeros.gz',
    'a thousand times as large',
    [],
    () => gzipSync(Buffer.alloc(3_000_000)),
    unsafe('it unpacks to more than 250 times its size'),
    { harmlessBytes: 1_000_000 },
  ],
  [
    'zeros.zst',
    'ten thousand times as large',
    [],
    () => zstdCompressSync(Buffer.alloc(3_000_000)),
    unsafe('it unpacks to more than 250 times its size'),
    { harmlessBytes: 1_000_000 },
  ],
  ['cut.gz', 'half of it', [], () => gzipSync('some text').subarray(0, 12), invalid('it is truncated or corrupt')],
  [
    'window.zst',
    'a window of gigabytes',
    [],
    () => Buffer.from('28b52ffd00f8010000', 'hex'),
    invalid('it is truncated or corrupt'),
  ],
  [
    'selectors.bz2',
    'tables without end',
    ['CVE-2019-12900'],
    () => Buffer.from('425a683931415926535900000000000000ffffffffff', 'hex'),
    invalid('it is truncated or corrupt'),
  ],
];

/** RFC 1952: a name behind the head, as gzip(1) writes it. */
function gzipWithName(name: string): Buffer {
  const plain = gzipSync('x');
  const head = Buffer.from(plain.subarray(0, 10));
  head[3] = 8;
  return Buffer.concat([head, Buffer.from(`${name}\0`), plain.subarray(10)]);
}

export const OTHERS: HostileCase[] = [
  ...rowsOf('x.ar', ARS),
  ...rowsOf('x.deb', PACKAGES),
  ...ALONE.map(([file, ...row]) => caseOf(file, row)),
];
