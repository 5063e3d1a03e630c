import * as fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createFiles } from '../system/files.ts';
import { loaderText } from './loader.ts';

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'galley-loader-'));
afterAll(() => fs.rmSync(dir, { recursive: true }));

async function textOf(content: string | Buffer): Promise<string> {
  fs.writeFileSync(path.join(dir, 'file'), content);
  return await loaderText(createFiles(), path.join(dir, 'file'));
}

/** Where the parts of the little program below are: in the file, and for the strings in memory. */
const AT = {
  table: 0x80,
  interpreter: 0x180,
  dynamic: 0x200,
  strings: 0x340,
  load: 0x300,
  loadAddress: 0x5300,
  end: 0x400,
};
const STRINGS = '\0libm.so\0libown.so\0/r/path\0/run/path\0symbol\0';
const TAGS = { needed: 1, strings: 5, hash: 4, soname: 14, rpath: 15, runpath: 29 };

/** A program of as many parts as the loader looks at. */
function elf(change: (bytes: Buffer) => void = () => {}): Buffer {
  const bytes = Buffer.alloc(AT.end);
  bytes.write('\x7fELF\x02\x01', 'latin1');
  bytes.writeBigUInt64LE(BigInt(AT.table), 32);
  bytes.writeUInt16LE(56, 54);
  bytes.writeUInt16LE(4, 56);
  const segments: [number, number, number, number][] = [
    [6, AT.table, AT.table, 4 * 56],
    [3, AT.interpreter, AT.interpreter, 8],
    [2, AT.dynamic, AT.dynamic, 6 * 16],
    [1, AT.load, AT.loadAddress, AT.end - AT.load],
  ];
  for (const [index, [type, offset, address, size]] of segments.entries()) {
    const at = AT.table + index * 56;
    bytes.writeUInt32LE(type, at);
    for (const [field, value] of [
      [8, offset],
      [16, address],
      [32, size],
    ] as const)
      bytes.writeBigUInt64LE(BigInt(value), at + field);
  }
  bytes.write('/ld.so\0;', AT.interpreter);
  const entries: [number, number][] = [
    [TAGS.needed, STRINGS.indexOf('libm')],
    [TAGS.soname, STRINGS.indexOf('libown')],
    [TAGS.rpath, STRINGS.indexOf('/r/')],
    [TAGS.runpath, STRINGS.indexOf('/run/')],
    [TAGS.hash, STRINGS.indexOf('symbol')],
    [TAGS.strings, AT.loadAddress + AT.strings - AT.load],
  ];
  for (const [index, [tag, value]] of entries.entries()) {
    bytes.writeBigInt64LE(BigInt(tag), AT.dynamic + index * 16);
    bytes.writeBigUInt64LE(BigInt(value), AT.dynamic + index * 16 + 8);
  }
  bytes.write(STRINGS, AT.strings);
  change(bytes);
  return bytes;
}

describe('what the system reads of a program before it starts', () => {
  it('is the interpreter, the libraries and where they are looked for', async () => {
    const text = await textOf(elf());
    expect(text.split('\n')).toEqual(['/ld.so\0;', 'libm.so', 'libown.so', '/r/path', '/run/path']);
  });

  it.each<[string, string, (bytes: Buffer) => void]>([
    ['of 32 bits', '', (bytes) => bytes.writeUInt8(1, 4)],
    ['of another byte order', '', (bytes) => bytes.writeUInt8(2, 5)],
    ['of another kind', '', (bytes) => bytes.write('\x7fELV', 'latin1')],
    ['whose segments lie beyond its end', '', (bytes) => bytes.writeUInt16LE(0xffff, 56)],
    [
      'whose strings are loaded from nowhere',
      '/ld.so\0;',
      (bytes) => bytes.writeBigUInt64LE(1n, AT.table + 3 * 56 + 32),
    ],
    [
      'whose strings come before what is loaded',
      '/ld.so\0;',
      (bytes) => bytes.writeBigUInt64LE(0x5341n, AT.table + 3 * 56 + 16),
    ],
    ['without strings', '/ld.so\0;', (bytes) => bytes.writeBigInt64LE(99n, AT.dynamic + 5 * 16)],
  ])('is no more than can be found in one %s', async (_, text, change) => {
    expect(await textOf(elf(change))).toBe(text);
  });

  it('is nothing in a file that only begins like a program', async () => {
    expect(await textOf('\x7fELF\x02\x01')).toBe('');
    expect(await textOf('')).toBe('');
  });

  it('is the first line of a script', async () => {
    expect(await textOf('#!/bin/sh -e\nexec /other\n')).toBe('#!/bin/sh -e');
    expect(await textOf('# !/bin/sh\n')).toBe('');
  });

  it('is read to a certain length, whatever a broken header says', async () => {
    const bytes = Buffer.concat([
      elf((broken) => broken.writeBigUInt64LE(1n << 40n, AT.table + 56 + 32)),
      Buffer.alloc(3 << 20, 'x'),
    ]);
    expect((await textOf(bytes)).split('\n')[0]).toHaveLength(1 << 20);
  });
});

describe('the load commands of Mach-O', () => {
  const thin = (commands: string): Buffer => {
    const bytes = Buffer.concat([Buffer.alloc(32), Buffer.from(`${commands}code`)]);
    bytes.writeUInt32LE(0xfeedfacf, 0);
    bytes.writeUInt32LE(commands.length, 20);
    return bytes;
  };

  it('are read, and nothing behind them', async () => {
    expect(await textOf(thin('@rpath/libz.dylib'))).toBe('@rpath/libz.dylib');
  });

  it('are read for each machine that a file has a program for', async () => {
    const parts = [thin('/arm/lib'), thin('/intel/lib')];
    const head = Buffer.alloc(8 + 2 * 20);
    head.writeUInt32BE(0xcafebabe, 0);
    head.writeUInt32BE(2, 4);
    let at = head.length;
    for (const [index, part] of parts.entries()) {
      head.writeUInt32BE(at, 8 + index * 20 + 8);
      at += part.length;
    }
    expect(await textOf(Buffer.concat([head, ...parts]))).toBe('/arm/lib\n/intel/lib');
  });
});
