// What only a 7z can say, and ar, Debian packages, and files that are packed alone.
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { arOf } from '../ars.ts';
import { type SevenZipItem, sevenZipOf, shapedSevenZip } from '../seven-zips.ts';
import { tarOfBlocks } from '../tars.ts';
import { type HostileCase, harmless, invalid, unsafe } from './case.ts';

const a: SevenZipItem = { name: 'a', content: 'abc' };
const LINK = 0o120777;
const packageOf = (data: Buffer, name = 'data.tar'): Buffer =>
  arOf({ name: 'debian-binary', content: '2.0\n' }, { name: 'control.tar', content: 'x' }, { name, content: data });

type Row = [
  name: string,
  cves: string[],
  bytes: (outsideDir: string) => Buffer,
  becomes: HostileCase['becomes'],
  limits?: HostileCase['limits'],
];

const SEVEN_ZIPS: Row[] = [
  [
    'a link, and a file behind it',
    ['CVE-2025-55188'],
    () =>
      sevenZipOf({ name: 'd', isDir: true }, { name: 'l', content: 'd', mode: LINK }, { name: 'l/a', content: 'x' }),
    unsafe('entry "l/a" goes through a link ("l")'),
  ],
  [
    'a file that is to be removed',
    [],
    () => sevenZipOf({ name: '../outside/secret', isAnti: true }),
    unsafe('wants to remove a file'),
  ],
  [
    'something of Windows that leads elsewhere',
    [],
    () => sevenZipOf({ ...a, attributes: 0x400 }),
    invalid('is of a kind that galley cannot unpack'),
  ],
  [
    'half a character in two names',
    [],
    () => sevenZipOf({ name: 'a\ud800', content: '1' }, { name: 'a\ud801', content: '2' }),
    invalid('has a name that is not UTF-8, like another'),
  ],
  ['half a character in a name', [], () => sevenZipOf({ name: 'a\ud800', content: '1' }), harmless('a\ufffd 1 0 1')],
  [
    'a header of gigabytes',
    ['CVE-2021-35516'],
    () => shapedSevenZip({ headerBytes: 2 ** 33 }, a),
    invalid('Its header is too large'),
  ],
  ['a header behind the file', [], () => shapedSevenZip({ headerBytes: 4_096 }, a), invalid('Unexpected end of data')],
  [
    'billions of files',
    ['CVE-2021-35516'],
    () => shapedSevenZip({ files: 4e9 }, a),
    invalid('Its header says more than it has'),
  ],
  [
    'a window of gigabytes',
    ['CVE-2021-35516'],
    () =>
      shapedSevenZip({ method: '030101', properties: Buffer.of(0x5d, 0xff, 0xff, 0xff, 0xff), sizeBytes: 2 ** 32 }, a),
    invalid('A window that is too large'),
  ],
  [
    'coders in a ring',
    ['CVE-2021-35515'],
    () =>
      shapedSevenZip(
        {
          links: [
            [0, 1],
            [1, 0],
          ],
        },
        a,
      ),
    harmless('a 1 0 abc'),
  ],
  [
    'coders that lead nowhere',
    [],
    () => shapedSevenZip({ links: [[0, 7]] }, a),
    invalid('A folder whose coders are not tied together'),
  ],
  [
    'more than it holds',
    [],
    () => shapedSevenZip({ sizeBytes: 2 ** 40 }, a),
    invalid('entry "a" is damaged (Unexpected end of data)'),
  ],
  [
    'files that are larger than what they are in',
    ['CVE-2016-4300'],
    () => shapedSevenZip({ sizeBytes: 2 }, a, { ...a, name: 'b' }),
    invalid('Files that are larger than what they are in'),
  ],
  ['a wrong checksum', [], () => sevenZipOf({ ...a, crc: 1 }), invalid('A wrong checksum')],
  [
    'a way of packing that nobody knows',
    [],
    () => shapedSevenZip({ method: 'ffff' }, a),
    invalid('packed with method ffff'),
  ],
  [
    'encrypted',
    [],
    () => shapedSevenZip({ method: '06f10701' }, a),
    unsafe('it is encrypted, and galley knows no passwords'),
  ],
];

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

const rowsOf = (file: string, rows: Row[]): HostileCase[] => rows.map((row) => caseOf(file, row));

function caseOf(file: string, [name, cves, bytes, becomes, limits]: Row): HostileCase {
  return { name, file, cves, bytes, becomes, ...(limits && { limits }) };
}

export const OTHERS: HostileCase[] = [
  ...rowsOf('x.7z', SEVEN_ZIPS),
  ...rowsOf('x.ar', ARS),
  ...rowsOf('x.deb', PACKAGES),
  ...ALONE.map(([file, ...row]) => caseOf(file, row)),
];
