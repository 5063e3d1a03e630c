// An index is read once and then only asked after; what is remembered is no more than a copy.
import * as fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLayout } from '../../cache/layout.ts';
import type { ObjectStore } from '../../fetch/object-store.ts';
import { EMPTY_INDEX, encodeIndex } from '../../model/depot.ts';
import { Failure } from '../../model/failure.ts';
import { createFiles } from '../../system/files.ts';
import { lookUpIndex } from './remembered.ts';

let dir: string;
beforeEach(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'galley-remembered-'));
});
afterEach(() => fs.rmSync(dir, { recursive: true }));

const BYTES = Buffer.from(encodeIndex(EMPTY_INDEX));

/** Looks up an index whose store answers so, and says with which version it was asked. */
async function look(
  answer: Awaited<ReturnType<ObjectStore['read']>> | Error,
  { next = answer, believe = async () => {} }: { next?: typeof answer; believe?: () => Promise<void> } = {},
) {
  const asked: (string | undefined)[] = [];
  const read: ObjectStore['read'] = async (_name, _signal, known) => {
    const say = asked.push(known) === 1 ? answer : next;
    if (say instanceof Error) throw say;
    return say;
  };
  const depot = { address: 'https://depot.test', name: 'https://depot.test', store: { read } as ObjectStore };
  const memory = { files: createFiles(), layout: createLayout(dir), signal: new AbortController().signal };
  const found = await lookUpIndex(depot, memory, believe).catch((error: unknown) => error);
  return { asked, found };
}

const FIRST = { bytes: BYTES, version: '"one"' };

test('an index that has not changed is the one that was read', async () => {
  expect(await look(FIRST)).toEqual({ asked: [undefined], found: { index: EMPTY_INDEX, from: 'depot' } });
  expect(await look('unchanged')).toEqual({ asked: ['"one"'], found: { index: EMPTY_INDEX, from: 'cache' } });
});

test('without a network the index of the last time counts, and without one the failure', async () => {
  const offline = new Failure('OFFLINE', 'No network');
  expect((await look(offline)).found).toBe(offline);
  await look(FIRST);
  expect((await look(offline)).found).toEqual({ index: EMPTY_INDEX, from: 'cache' });
});

test('a server that says that nothing has changed since never is no depot', async () => {
  expect((await look('unchanged')).found).toMatchObject({ code: 'FETCH_FAILED' });
});

test('an index that is none is not remembered, and half of a file is forgotten', async () => {
  expect((await look({ bytes: Buffer.from('{'), version: '"bad"' })).found).toMatchObject({ code: 'DEPOT_INVALID' });
  expect((await look(FIRST)).asked).toEqual([undefined]);
  fs.truncateSync(copy(), 100);
  expect((await look(FIRST)).asked).toEqual([undefined]);
});

const copy = (): string => path.join(dir, 'depots', fs.readdirSync(path.join(dir, 'depots'))[0] ?? '');

test('a copy that has rotted is forgotten, and the depot is not blamed for it', async () => {
  await look(FIRST);
  const whole = fs.readFileSync(copy());
  for (let at = 0; at < whole.length; at += 7) {
    const rotten = Buffer.from(whole);
    rotten[at] = (whole[at] as number) ^ 1;
    fs.writeFileSync(copy(), rotten);
    expect(await look(FIRST), `byte ${at}`).toEqual({
      asked: [undefined],
      found: { index: EMPTY_INDEX, from: 'depot' },
    });
  }
  expect((await look('unchanged')).found).toMatchObject({ from: 'cache' });
});

test('a copy that nobody may use is asked for once more, as if there were none', async () => {
  const untrusted = new Failure('DEPOT_UNTRUSTED', 'Signed by nobody');
  const doubtOnce = () => {
    const doubts: Error[] = [untrusted];
    return async () => {
      const [doubt] = doubts.splice(0);
      if (doubt) throw doubt;
    };
  };
  await look(FIRST);
  const asked = ['"one"', undefined];
  const mended = await look('unchanged', { next: { ...FIRST, version: '"two"' }, believe: doubtOnce() });
  expect(mended).toEqual({ asked, found: { index: EMPTY_INDEX, from: 'depot' } });
  expect((await look('unchanged')).asked).toEqual(['"two"']);
  const believe = async () => Promise.reject(untrusted);
  expect((await look('unchanged', { next: FIRST, believe })).found).toBe(untrusted);
  expect((await look(new Failure('OFFLINE', 'No network'), { believe })).found).toBe(untrusted);
  const other = new Error('unknown');
  expect(await look('unchanged', { believe: () => Promise.reject(other) })).toEqual({ asked: ['"two"'], found: other });
});
