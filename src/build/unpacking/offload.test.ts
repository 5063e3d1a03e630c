// A thread that does not answer, or is no more: whoever waits for it hears of that, and only when nothing is written any
// more. The threads of these tests are made of a few lines each.
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as passed } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Unpacker } from '../../archive/archive.ts';
import { Failure } from '../../model/failure.ts';
import { createFiles } from '../../system/files.ts';
import { createManualClock, type ManualClock } from '../../testing/manual-clock.ts';
import { createUnpackers, type Unpackers } from './offload.ts';

const LARGE = Buffer.alloc(2 ** 20 + 1);
/** More than anybody waits for a thread. */
const LONG_MS = 2_000;

/** What a thread does when the work for a directory begins. */
const HABITS = {
  deaf: `for (let text = ''; ; text += 'x') writeFileSync(destDir + '/written', text);`,
  good: `parentPort.postMessage({ type: 'done', job, unpacked: { entries: 1, sizeBytes: 1 }, scans: new Map() });`,
  ill: `throw new Error('ill');`,
};
const THREAD = `
  import { writeFileSync } from 'node:fs';
  import { parentPort } from 'node:worker_threads';
  parentPort.on('message', ({ type, job, fileName, destDir }) => {
    if (type === 'begin' && fileName === 'deaf') { ${HABITS.deaf} }
    if (type === 'begin' && fileName === 'good') { ${HABITS.good} }
    if (type === 'begin' && fileName === 'ill') { ${HABITS.ill} }
  });`;

let dir: string;
let clock: ManualClock;
let unpackers: Unpackers;
beforeEach(() => {
  dir = fs.mkdtempSync(path.join(tmpdir(), 'galley-offload-'));
  fs.writeFileSync(path.join(dir, 'thread.mjs'), THREAD);
  clock = createManualClock();
  unpackers = createUnpackers({ threadUrl: pathToFileURL(path.join(dir, 'thread.mjs')), clock });
});
afterEach(async () => {
  await unpackers[Symbol.asyncDispose]();
  fs.rmSync(dir, { recursive: true });
});

/** Work that is large enough for the thread. */
function begin(fileName: keyof typeof HABITS, signal = new AbortController().signal): Unpacker {
  const given = { files: createFiles(), destDir: dir, stripComponents: 0, scanned: undefined };
  const unpacker = unpackers.open({ ...given, fileName, signal });
  unpacker.write(LARGE);
  return unpacker;
}

const written = () => fs.statSync(path.join(dir, 'written'), { throwIfNoEntry: false })?.size ?? 0;

async function beginDeaf(signal?: AbortSignal): Promise<Unpacker> {
  const unpacker = begin('deaf', signal);
  while (written() === 0) await passed(1);
  return unpacker;
}

test('a run that is cancelled ends a thread that does not answer, and then nothing is written any more', async () => {
  const stop = new AbortController();
  const [deaf, behind] = [await beginDeaf(stop.signal), begin('good', stop.signal)];
  const closed = new Promise((resolve) => deaf.on('close', resolve));
  const reason = new Failure('INTERRUPTED', 'enough');
  stop.abort(reason);
  await clock.advance(LONG_MS);
  await closed;
  const before = written();
  await expect(deaf.done).rejects.toBe(reason);
  await expect(behind.done).rejects.toBe(reason);
  await passed(20);
  expect(written()).toBe(before);
});

test('a thread is not ended as long as it works for others, and the next work gets another', async () => {
  const [deaf, other] = [await beginDeaf(), begin('good')];
  const lost = new Error('the connection is lost');
  deaf.destroy(lost);
  await clock.advance(LONG_MS);
  const before = written();
  while (written() <= before) await passed(1);
  other.destroy(lost);
  await clock.advance(LONG_MS);
  await expect(deaf.done).rejects.toThrow('was ended');
  await expect(other.done).rejects.toThrow('was ended');
  await expect(begin('good').done).resolves.toEqual({ entries: 1, sizeBytes: 1 });
});

test('a thread that breaks fails its work, and the next work gets another', async () => {
  await expect(begin('ill').done).rejects.toThrow('ill');
  await expect(begin('good').done).resolves.toEqual({ entries: 1, sizeBytes: 1 });
});
