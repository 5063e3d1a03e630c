// What only a 7z can say.
import {
  foldersOf,
  type SevenZipItem,
  sevenZipAround,
  sevenZipOf,
  sevenZipOfPacked,
  shapedSevenZip,
} from '../seven-zips.ts';
import { type HostileCase, harmless, invalid, type Row, rowsOf, unsafe } from './case.ts';

const a: SevenZipItem = { name: 'a', content: 'abc' };
const LINK = 0o120777;

const ROWS: Row[] = [
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
    'a header that is a thousand times as large as the file',
    [],
    () => sevenZipOfPacked(Buffer.alloc(3_000_000)),
    unsafe('it unpacks to more than 250 times its size'),
  ],
  [
    'more folders than files may be',
    [],
    () => sevenZipAround(Buffer.alloc(0), foldersOf(1, 1, 1, 1)),
    unsafe('it holds more than 3 files'),
    { entries: 3 },
  ],
  [
    'folders with more files together than may be',
    [],
    () => sevenZipAround(Buffer.alloc(0), foldersOf(2, 2)),
    unsafe('it holds more than 3 files'),
    { entries: 3 },
  ],
  [
    'thousands of headers in one',
    [],
    () => sevenZipAround(Buffer.alloc(0), Buffer.concat([Buffer.of(0x01), ...Array(3_000).fill(Buffer.of(0x04, 0))])),
    invalid('Its header has a part twice (4)'),
  ],
  [
    'gigabytes between two coders',
    [],
    () => shapedSevenZip({ links: [[0, 1]], betweenBytes: 2 ** 32 }, a),
    unsafe('it unpacks to more than 250 times its size'),
  ],
  [
    'more between two coders than it says',
    [],
    () => shapedSevenZip({ links: [[0, 1]], betweenBytes: 2 }, a),
    invalid('entry "a" is damaged (More bytes than it says)'),
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

export const SEVEN_ZIPS: HostileCase[] = rowsOf('x.7z', ROWS);
