// What only a zip can say: everything twice, and not always the same.
import { crc32, deflateRawSync } from 'node:zlib';
import { extraField, FILE, LINK, shapedZip, u32, type ZipItem, zipOf } from '../zips.ts';
import { type HostileCase, harmless, invalid, unsafe } from './case.ts';

const a: ZipItem = { name: 'a', content: 'x' };
const A = 'a 1 0 x';
const unicodeName = (name: Buffer, of: string): Buffer =>
  extraField(0x7075, Buffer.concat([Buffer.of(1), u32(crc32(of)), name]));

/** Each kernel is the content of the one before it, too. */
function overlapping(): Buffer {
  const kernel = deflateRawSync(Buffer.alloc(1e6));
  const quoted = Buffer.concat([Buffer.of(0), zipOf({ name: 'b', content: Buffer.alloc(1e6) })]);
  return zipOf({ name: 'a', packed: quoted, sizeBytes: 1e6 }, { name: 'b', packed: kernel, at: 32 });
}

/** The directory names the contents in the other order. */
function inTwoOrders(): Buffer {
  const zip = zipOf({ name: 'a', content: 'first' }, { name: 'a', content: 'later' });
  const records = [0, 1].map((index) =>
    zip.indexOf(u32(0x02014b50), index === 0 ? 0 : zip.indexOf(u32(0x02014b50)) + 1),
  );
  const [one = 0, two = 0] = records;
  const end = zip.indexOf(u32(0x06054b50));
  return Buffer.concat([zip.subarray(0, one), zip.subarray(two, end), zip.subarray(one, two), zip.subarray(end)]);
}

type Row = [
  name: string,
  cves: string[],
  bytes: () => Buffer,
  becomes: HostileCase['becomes'],
  limits?: HostileCase['limits'],
];

const ROWS: Row[] = [
  // Names.
  [
    'backslashes that climb',
    ['CVE-2018-1002205'],
    () => zipOf({ name: '..\\escaped', madeBy: 0 }),
    unsafe('entry "../escaped" leaves the directory'),
  ],
  [
    'a share of another system',
    [],
    () => zipOf({ name: '\\\\host\\share\\escaped', madeBy: 0 }),
    unsafe('has an absolute path'),
  ],
  ['a NUL in a name', [], () => zipOf({ name: 'a\0/../escaped' }), unsafe('has a NUL character in its name')],
  [
    'a second name that climbs',
    [],
    () => zipOf({ ...a, flags: 0, extra: unicodeName(Buffer.from('../escaped'), 'a') }),
    unsafe('entry "../escaped" leaves the directory'),
  ],
  [
    'a second name for another first one',
    [],
    () => zipOf({ ...a, flags: 0, extra: unicodeName(Buffer.from('../escaped'), 'b') }),
    harmless(A),
  ],
  [
    'a second name that is no text',
    ['CVE-2022-0530'],
    () => zipOf({ ...a, flags: 0, extra: unicodeName(Buffer.of(0xff, 0xfe), 'a') }),
    invalid('A name that is not UTF-8'),
  ],
  [
    'a name that is no text',
    ['CVE-2022-0530'],
    () => zipOf({ ...a, name: Buffer.of(0xc3, 0x28), flags: 0x800 }),
    invalid('A name that is not UTF-8'),
  ],
  // The two halves.
  [
    'another name before the content',
    ['CVE-2025-54368'],
    () => zipOf({ ...a, local: { name: '../escaped' } }),
    unsafe('has a header that contradicts the directory'),
  ],
  [
    'another size before the content',
    [],
    () => zipOf({ ...a, local: { sizeBytes: 9 } }),
    unsafe('has a header that contradicts the directory'),
  ],
  [
    'another way of packing before the content',
    [],
    () => zipOf({ ...a, local: { method: 0 } }),
    unsafe('has a header that contradicts the directory'),
  ],
  [
    'encrypted in one half only',
    [],
    () => zipOf({ ...a, local: { flags: 0x801 } }),
    unsafe('has a header that contradicts the directory'),
  ],
  ['a file twice, in two orders', ['CVE-2013-4787'], inTwoOrders, invalid('Two contents of one name, in two orders')],
  [
    'a file that only a stream sees',
    [],
    () => Buffer.concat([zipOf({ name: '../escaped' }).subarray(0, 50), zipOf(a)]),
    harmless(A),
  ],
  [
    'a content in another zip',
    [],
    () => zipOf({ name: 'a', content: zipOf({ name: '../escaped' }), method: 0 }),
    harmless(`a 1 0 ${zipOf({ name: '../escaped' }).toString('latin1')}`),
  ],
  // Ends and beginnings.
  ['two ends', ['CVE-2025-54368'], () => Buffer.concat([zipOf({ name: '../escaped' }), zipOf(a)]), harmless(A)],
  [
    'an end in the comment of the end',
    ['CVE-2025-54368'],
    () => shapedZip({ comment: Buffer.concat([zipOf(), Buffer.of(0)]) }, a),
    invalid('Something follows its end'),
  ],
  ['a whole zip in the comment', [], () => shapedZip({ comment: zipOf({ name: 'b' }) }, a), harmless('b 1 0 ')],
  ['something behind the end', [], () => Buffer.concat([zipOf(a), Buffer.of(0)]), invalid('Something follows its end')],
  [
    'a program before the zip',
    ['CVE-2017-13156'],
    () => shapedZip({ prefix: Buffer.from('#!/bin/sh\n') }, a),
    harmless(A),
  ],
  ['a gap before the directory', [], () => shapedZip({ gap: Buffer.alloc(5_000, 'z') }, a), harmless(A)],
  [
    'more entries at the end than in the directory',
    ['CVE-2021-33196', 'CVE-2021-39293'],
    () => shapedZip({ entries: 60_000, zip64: true }, a),
    unsafe('it holds more than 1000 files'),
    { entries: 1_000 },
  ],
  [
    'billions of entries at the end',
    ['CVE-2021-36090'],
    () => shapedZip({ entries: 2 ** 40, zip64: true }, a),
    unsafe('it holds more than 2000000 files'),
  ],
  ['fewer entries at the end', [], () => shapedZip({ entries: 1 }, a, { name: 'b' }), invalid('A damaged directory')],
  [
    'a directory of terabytes',
    [],
    () => shapedZip({ directoryBytes: 2 ** 42, zip64: true }, a),
    invalid('not where it should be'),
  ],
  [
    'a directory before the file',
    [],
    () => shapedZip({ directoryStart: 2 ** 42, zip64: true }, a),
    invalid('not where it should be'),
  ],
  ['one of several parts', [], () => shapedZip({ disk: 1 }, a), invalid('It is one of several parts')],
  // Sizes.
  ['contents that overlap', ['CVE-2019-13232'], overlapping, unsafe('shares its bytes with another')],
  [
    'one content for two names',
    ['CVE-2019-13232'],
    () => zipOf(a, { name: 'b', content: 'x', at: 0 }),
    unsafe('shares its bytes with another'),
  ],
  [
    'a size that is too short for 64 bits',
    ['CVE-2014-8141'],
    () => zipOf({ ...a, sizeBytes: 0xffffffff, extra: extraField(1, Buffer.alloc(3)) }),
    invalid('A size is missing'),
  ],
  [
    'two sizes in 64 bits',
    [],
    () => zipOf({ ...a, zip64: true, extra: extraField(1, Buffer.alloc(24)) }),
    invalid('Two sizes for one content'),
  ],
  [
    'a size beyond all',
    [],
    () => zipOf({ ...a, at: 0xffffffff, extra: extraField(1, Buffer.alloc(8, 255)) }),
    invalid('A size of'),
  ],
  [
    'a content behind the end of the file',
    [],
    () => zipOf({ ...a, packedBytes: 2 ** 31 }),
    unsafe('shares its bytes with another'),
  ],
  [
    'more than it says',
    [],
    () => zipOf({ name: 'a', content: Buffer.alloc(4_000_000), sizeBytes: 10, local: { sizeBytes: 10 } }),
    invalid('More bytes than it says'),
  ],
  ['a wrong checksum', [], () => zipOf({ ...a, crc: 1 }), invalid('A wrong checksum')],
  [
    'a thousand times as large',
    [],
    () => zipOf({ name: 'a', content: Buffer.alloc(3_000_000) }),
    unsafe('it unpacks to more than 250 times its size'),
    { harmlessBytes: 1_000_000 },
  ],
  [
    'zips in a zip',
    [],
    () => zipOf({ name: 'a.zip', content: zipOf({ name: 'b.zip', content: zipOf(a), method: 0 }), method: 0 }),
    harmless(`a.zip 1 0 ${zipOf({ name: 'b.zip', content: zipOf(a), method: 0 }).toString('latin1')}`),
  ],
  // What is in the way.
  [
    'encrypted',
    ['CVE-2015-7696', 'CVE-2018-1000035'],
    () => zipOf({ name: 'a'.repeat(200), flags: 1 }),
    unsafe('is encrypted, and galley knows no passwords'),
  ],
  [
    'a way of packing that is old',
    ['CVE-2017-17969'],
    () => zipOf({ ...a, method: 1 }),
    invalid('is packed with Shrink, which galley cannot read'),
  ],
  [
    'a way of packing that nobody knows',
    ['CVE-2014-9913', 'CVE-2016-9844'],
    () => zipOf({ ...a, method: 0xfffe }),
    invalid('is packed with method 65534, which galley cannot read'),
  ],
  [
    'a link to a Windows path',
    ['CVE-2025-11001', 'CVE-2025-11002'],
    () => zipOf({ name: 'l', mode: LINK, content: 'C:\\escaped' }, { name: 'l/a' }),
    unsafe('entry "l/a" goes through a link ("l")'),
  ],
  [
    'a link whose target is too long',
    [],
    () => zipOf({ name: 'l', mode: LINK, content: 'x/'.repeat(2_100) }),
    unsafe('is a link to a name that is too long'),
  ],
  ['a link without target', [], () => zipOf({ name: 'l', mode: LINK }), unsafe('is a link without target')],
  [
    'a directory with a content',
    [],
    () => zipOf({ name: 'd/', content: 'x', mode: FILE }),
    invalid('is a directory with content'),
  ],
];

export const ZIPS: HostileCase[] = ROWS.map(([name, cves, bytes, becomes, limits]) => ({
  name,
  file: 'x.zip',
  cves,
  bytes,
  becomes,
  ...(limits && { limits }),
}));
