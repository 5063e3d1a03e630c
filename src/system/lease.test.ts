import { execFileSync } from 'node:child_process';
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

it('a lease of a process that nobody here can ask counts for thirty days', () => {
  const DAY_S = 24 * 60 * 60;
  const elsewhere = JSON.stringify({ ...describeSelf(), host: 'another', command: 'galley sync', since: 7 });
  for (const [name, text] of [['told', `${elsewhere}\nassets/a\n`] as const, ['untold', ''] as const]) {
    const file = path.join(dir, `${name}.unlocked.lease`);
    fs.writeFileSync(file, text);
    fs.utimesSync(file, Date.now() / 1000, Date.now() / 1000 - 29 * DAY_S);
    expect(readLeases(dir)).toHaveLength(1);
    fs.utimesSync(file, Date.now() / 1000, Date.now() / 1000 - 31 * DAY_S);
    expect(readLeases(dir)).toEqual([]);
  }
  expect(fs.readdirSync(dir)).toEqual([]);
});

it('what is no file is no lease, and one that is too large to read may mean anything', () => {
  fs.mkdirSync(path.join(dir, 'dir.lease'));
  fs.symlinkSync('/dev/zero', path.join(dir, 'link.lease'));
  execFileSync('mkfifo', [path.join(dir, 'pipe.lease')]);
  expect(readLeases(dir)).toEqual([]);
  fs.writeFileSync(path.join(dir, 'large.unlocked.lease'), '');
  fs.truncateSync(path.join(dir, 'large.unlocked.lease'), 2 ** 33);
  expect(readLeases(dir)).toMatchObject([{ isListed: false }]);
});
