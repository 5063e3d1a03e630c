import * as fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openLease, readLeases } from './lease.ts';
import { describeSelf } from './owner.ts';

let dir: string;
beforeEach(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'galley-lease-'));
});
afterEach(() => fs.rmSync(dir, { recursive: true }));

it('a lease tells who uses what until it is closed', () => {
  const lease = openLease(dir, 'galley sync', 7);
  for (const name of ['a', 'b', 'a']) lease?.use(name);
  const [state, ...others] = readLeases(dir);
  expect(others).toEqual([]);
  expect(state).toMatchObject({ isListed: true, owner: { pid: process.pid, command: 'galley sync', since: 7 } });
  expect([state?.names.has('a'), state?.names.has('b'), state?.names.has('c')]).toEqual([true, true, false]);
  lease?.close();
  expect(fs.readdirSync(dir)).toEqual([]);
});

it('a lease that nobody holds is removed, whatever is in it', () => {
  fs.writeFileSync(path.join(dir, '0123456789ab.lease'), 'half a rec');
  expect(readLeases(dir)).toEqual([]);
  expect(fs.readdirSync(dir)).toEqual([]);
});

it('a living lease that says nothing may mean anything', () => {
  const lease = openLease(dir, 'galley sync', 7);
  fs.truncateSync(path.join(dir, fs.readdirSync(dir)[0] as string));
  expect(readLeases(dir)).toMatchObject([{ isListed: false }]);
  lease?.close();
});

it('a lease of a process without locks of the kernel counts as long as that lives', () => {
  const alive = { ...describeSelf(), command: 'galley sync', since: 7 };
  const write = (name: string, owner: object) =>
    fs.writeFileSync(path.join(dir, `${name}.unlocked.lease`), `${JSON.stringify(owner)}\nassets/a\n`);
  write('alive', alive);
  write('dead', { ...alive, startTime: '1' });
  write('elsewhere', { ...alive, host: 'another' });
  expect(readLeases(dir).map(({ owner, names }) => [owner?.host, names.has('assets/a')])).toEqual([
    [alive.host, true],
    ['another', true],
  ]);
  expect(fs.readdirSync(dir).sort()).toEqual(['alive.unlocked.lease', 'elsewhere.unlocked.lease']);
});
