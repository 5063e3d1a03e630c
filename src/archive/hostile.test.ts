// Every hostile archive is refused by its name, or unpacked and harmless: from a file, and as its bytes come one by one.
// Whatever it is, nothing outside the directory is read, made, changed or removed, and nothing takes long.
import * as fs from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isFailure } from '../model/failure.ts';
import { createUnpacker, unpackFile } from './archive.ts';
import { createGround, type Ground, listing } from './testing/archives.ts';
import type { HostileCase } from './testing/hostile/case.ts';
import { HOSTILE, NOT_OURS } from './testing/hostile/corpus.ts';
import { findStrange } from './testing/strange.ts';

/** Far more than any of them needs. */
const LONGEST_MS = 5_000;

let ground: Ground;
let outsideDir: string;
beforeEach(() => {
  ground = createGround();
  outsideDir = path.join(ground.dir, 'outside');
  fs.mkdirSync(outsideDir);
  fs.mkdirSync(`${ground.dest}-other`);
  fs.writeFileSync(path.join(outsideDir, 'secret'), 'secret');
  fs.writeFileSync(`${ground.dest}-other/secret`, 'secret');
});
afterEach(() => ground[Symbol.dispose]());

const title = ({ name, file, cves = [] }: HostileCase): string => `${file}: ${name} ${cves.join(' ')}`.trim();

/** What is beside the directory, with times: a touched file has another one. */
function outside(): unknown {
  const beside = [ground.dir, outsideDir, `${ground.dest}-other`].flatMap((dir) =>
    fs.readdirSync(dir).map((name) => path.join(dir, name)),
  );
  return beside.map((file) => {
    const { ino, mode, nlink, mtimeMs, size } = fs.lstatSync(file);
    return file === ground.dest ? file : [file, ino, mode, nlink, mtimeMs, size];
  });
}

const optionsFor = ({ limits }: HostileCase) => ground.options(limits ? { limits } : {});

async function unpackPiecewise(bytes: Buffer, hostile: HostileCase) {
  const unpacker = createUnpacker(hostile.file, ground.dest, optionsFor(hostile));
  unpacker.on('error', () => {});
  const step = bytes.length < 20_000 ? 7 : 4_093;
  const pieces = Array.from({ length: Math.ceil(bytes.length / step) }, (_, at) =>
    bytes.subarray(at * step, at * step + step),
  );
  await pipeline(Readable.from(pieces), unpacker).catch(() => {});
  return await unpacker.done;
}

async function expectOutcome(hostile: HostileCase, unpack: () => Promise<unknown>): Promise<void> {
  const before = outside();
  const begun = performance.now();
  const failure = await unpack().then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(performance.now() - begun).toBeLessThan(LONGEST_MS);
  expect(outside()).toEqual(before);
  expect(findStrange(ground.dest)).toEqual([]);
  if ('tree' in hostile.becomes) {
    if (failure !== undefined) throw failure;
    expect(listing(ground.dest)).toEqual(hostile.becomes.tree);
    return;
  }
  if (failure === undefined) expect.fail(`was unpacked: ${listing(ground.dest)}`);
  if (!isFailure(failure)) throw failure;
  expect([failure.code, failure.message]).toEqual([
    hostile.becomes.code,
    expect.stringContaining(hostile.becomes.says),
  ]);
  expect(failure.message).not.toMatch(/[\p{Cc}]/u);
}

const titled = (cases: readonly HostileCase[]) => cases.map((hostile) => [title(hostile), hostile] as const);

describe('from a file', () => {
  it.each(titled(HOSTILE))('%s', async (_, hostile) => {
    const file = path.join(ground.dir, hostile.file);
    fs.writeFileSync(file, hostile.bytes(outsideDir));
    await expectOutcome(hostile, () => unpackFile(file, ground.dest, optionsFor(hostile)));
  });
});

describe('piece by piece', () => {
  // The others need the whole file.
  const streamed = HOSTILE.filter(({ file }) => !/\.(zip|7z)$/.test(file));
  it.each(titled(streamed))('%s', async (_, hostile) => {
    const bytes = hostile.bytes(outsideDir);
    await expectOutcome(hostile, () => unpackPiecewise(bytes, hostile));
  });
});

it('the corpus names each case once, and no fault that it leaves out', () => {
  const titles = HOSTILE.map(title);
  expect(titles).toEqual([...new Set(titles)]);
  const named = new Set(HOSTILE.flatMap(({ cves = [] }) => cves));
  expect(Object.keys(NOT_OURS).filter((cve) => named.has(cve))).toEqual([]);
  expect([...named].filter((cve) => !/^CVE-\d{4}-\d{4,}$/.test(cve))).toEqual([]);
});
