// Taking over what an earlier process has left, when that does not go smoothly: nothing of it may be lost or stay behind.
import { spawn } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { Failure } from '../model/failure.ts';
import { systemClock } from '../system/clock.ts';
import { sha256OfBytes } from '../system/digest.ts';
import { createFiles, type Files } from '../system/files.ts';
import { createDirectoryStore, type Fetching, never, startFetching } from '../testing/fetching.ts';
import type { Handler } from '../testing/web.ts';
import { createLeftovers } from './leftover.ts';
import { createPart } from './part.ts';

const BODY = Buffer.alloc(2_000_000, 'abcdefg');
const HALF = 1_000_000;
const SHA = sha256OfBytes(BODY);

/** Breaks off in the middle for who wants all of the file; gives others the rest. */
const half: Handler = ({ headers }, response) => {
  const start = Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0);
  const range = { 'content-range': `bytes ${start}-${BODY.length - 1}/${BODY.length}` };
  response.writeHead(start > 0 ? 206 : 200, { etag: '"v1"', 'content-length': BODY.length - start, ...range });
  if (start > 0) response.end(BODY.subarray(start));
  else response.write(BODY.subarray(0, HALF), () => setTimeout(() => response.destroy(), 150));
};

const parts = (f: Fetching) => f.parts().filter((name) => name.endsWith('.tmp'));
const ranges = (f: Fetching) => f.web.requests.map(({ headers }) => headers.range);
const sourceOf = (f: Fetching) => ({ url: `${f.web.origin}/f`, sha256: SHA });

/** The inode of the half file that a run without luck has put down. */
async function leaveHalf(f: Fetching): Promise<number> {
  await expect(f.fetcher.download(sourceOf(f), { signal: never, attempts: 1 })).rejects.toThrow('broke off');
  const [stat, ...others] = parts(f).map((name) => statSync(path.join(f.dir, 'parts', name)));
  expect([stat?.size, others]).toEqual([HALF, []]);
  return stat?.ino ?? 0;
}

test('what was put down is written on where it lies, so that no room for a second one is needed', async () => {
  await using f = await startFetching(half);
  const inode = await leaveHalf(f);
  const { file } = await f.another().download(sourceOf(f), { signal: never });
  expect(statSync(file).ino).toBe(inode);
  expect(readFileSync(file).equals(BODY)).toBe(true);
  expect(f.parts()).toEqual([]);
});

test('who is cancelled while taking over leaves everything for the next one', async () => {
  await using f = await startFetching(half);
  await leaveHalf(f);
  const controller = new AbortController();
  const files = createFiles();
  const openRead: Files['openRead'] = (file) => {
    controller.abort(new Error('stop'));
    return files.openRead(file);
  };
  const another = f.another({ files: { ...files, openRead } });
  await expect(another.download(sourceOf(f), { signal: controller.signal })).rejects.toThrow('stop');
  expect(f.parts()).toHaveLength(2);
  await f.another().download(sourceOf(f), { signal: never });
  expect(ranges(f)).toEqual([undefined, `bytes=${HALF}-`]);
});

test('who is killed while taking over leaves everything for the next one', async () => {
  await using f = await startFetching(half);
  await leaveHalf(f);
  const [name = ''] = parts(f);
  const module = (file: string) => JSON.stringify(new URL(file, import.meta.url).href);
  const script = `
    const { createLeftovers } = await import(${module('leftover.ts')});
    const { createPart } = await import(${module('part.ts')});
    const { createFiles } = await import(${module('../system/files.ts')});
    const { createDirectoryStore } = await import(${module('../testing/fetching.ts')});
    setInterval(() => {}, 1000);
    const files = { ...createFiles(), openRead: () => { console.log('reads'); return new Promise(() => {}); } };
    const tools = { store: createDirectoryStore(${JSON.stringify(f.dir)}), files, clock: Date };
    const leftovers = createLeftovers(tools);
    const key = ${JSON.stringify(name.split('.')[1])};
    const part = await createPart(leftovers.newFile(key), { files });
    await leftovers.takeOver(part, key, { trusts: true, signal: new AbortController().signal });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise((resolve) => child.stdout.once('data', resolve));
  child.kill('SIGKILL');
  await new Promise((resolve) => child.once('close', resolve));
  await f.another().download(sourceOf(f), { signal: never });
  expect(ranges(f)).toEqual([undefined, `bytes=${HALF}-`]);
  expect(parts(f)).toEqual([]);
});

test.for([
  ['there is no room even for a name', 'NO_SPACE'],
  ['it cannot be read', 'IO_ERROR'],
] as const)('a leftover is dropped, and the download begins anew, when %s', async ([, code]) => {
  await using f = await startFetching((request, response) => {
    if (f.web.requests.length === 1) return half(request, response);
    response.end(BODY);
  });
  await leaveHalf(f);
  const files = createFiles();
  let refusals = 0;
  const refuse = () => {
    refusals += 1;
    throw new Failure(code, 'Cannot do it');
  };
  const broken: Partial<Files> =
    code === 'IO_ERROR'
      ? { openRead: async () => refuse() }
      : {
          openWriter: async (file, how) =>
            file.endsWith('.json') && refusals === 0 ? refuse() : files.openWriter(file, how),
        };
  await f.another({ files: { ...files, ...broken } }).download(sourceOf(f), { signal: never });
  expect(ranges(f)).toEqual([undefined, undefined]);
  expect([refusals, f.parts()]).toEqual([1, []]);
});

test('of several leftovers the longest is taken', async () => {
  await using f = await startFetching(() => {});
  const files = createFiles();
  const leftovers = createLeftovers({ store: createDirectoryStore(f.dir), files, clock: systemClock });
  const newPart = () => createPart(leftovers.newFile('k'), { files, tee: undefined, integrity: undefined });
  for (const text of ['some', 'more of it', 'few']) {
    await using part = await newPart();
    await part.append(Buffer.from(text));
    part.version = { validator: '"v1"' };
    await leftovers.putDown(part);
  }
  await using part = await newPart();
  await leftovers.takeOver(part, 'k', { trusts: false, signal: never });
  expect([part.sizeBytes, part.version]).toEqual([10, { validator: '"v1"' }]);
});
