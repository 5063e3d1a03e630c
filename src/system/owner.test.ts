import { spawn, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { bootId, findProcess } from './host.ts';
import {
  decodeOwner,
  describeSelf,
  encodeOwner,
  fateOf,
  isAncestor,
  isSame,
  type OwnerRecord,
  readOwner,
  toLockOwner,
} from './owner.ts';

const SELF: OwnerRecord = { ...describeSelf(), command: 'galley sync', since: 7 };

it('record of an owner comes back from its text, and says to others who it is', () => {
  expect(decodeOwner(encodeOwner(SELF))).toEqual(SELF);
  expect(encodeOwner(SELF).endsWith('\n')).toBe(true);
  expect(SELF).toMatchObject({ pid: process.pid, host: os.hostname(), startTime: findProcess(process.pid)?.startTime });
  expect(toLockOwner({ ...SELF, commands: [] })).toEqual({
    pid: process.pid,
    host: os.hostname(),
    command: 'galley sync',
    since: 7,
  });
});

it('record of this process is what others find of it', () => {
  const startTime = findProcess(process.pid)?.startTime;
  expect(startTime).toBeTruthy();
  expect(describeSelf()).toEqual({ pid: process.pid, host: os.hostname(), boot: bootId(), startTime });
});

it.each([
  ['nothing', ''],
  ['half a record', encodeOwner(SELF).slice(0, -9)],
  ['null', 'null'],
  ['another file', '{ "pid": "me" }'],
  ['no number', JSON.stringify({ ...SELF, pid: undefined })],
  ['no start of the machine', JSON.stringify({ ...SELF, boot: undefined })],
  ['no start of the process', JSON.stringify({ ...SELF, startTime: undefined })],
  ['no command line', JSON.stringify({ ...SELF, command: 5 })],
  ['no time', JSON.stringify({ ...SELF, since: 'now' })],
  ['the number of a group', JSON.stringify({ ...SELF, pid: -1 })],
])('record of an owner is none when it is %s', (_, text) => {
  expect(decodeOwner(text)).toBeUndefined();
});

const COMMAND = { target: -77, mark: 'A=b', startTime: '7' };

it.each([
  ['everybody', [{ ...COMMAND, target: -1 }]],
  ['our own group', [{ ...COMMAND, target: 0 }]],
  ['the first process', [{ ...COMMAND, target: 1 }]],
  ['no number', [{ ...COMMAND, target: 'x' }]],
  ['a fraction', [{ ...COMMAND, target: -77.5 }]],
  ['no mark', [{ ...COMMAND, mark: '' }]],
  ['a mark that is no text', [{ ...COMMAND, mark: 5 }]],
  ['no start', [{ ...COMMAND, startTime: undefined }]],
  ['one that is good and one that is none', [COMMAND, null]],
  ['no list', 'x'],
  ['like a list', { length: 1 }],
])('record of an owner names no commands when they are %s', (_, commands) => {
  expect(decodeOwner(JSON.stringify({ ...SELF, commands }))).toEqual(SELF);
  expect(decodeOwner(JSON.stringify({ ...SELF, commands: [COMMAND] }))).toEqual({ ...SELF, commands: [COMMAND] });
});

it('owner of a lock without a file is nobody', () => {
  expect(readOwner(path.join(os.tmpdir(), 'galley-owner', 'none'))).toBeUndefined();
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'galley-owner-'));
  fs.writeFileSync(`${dir}/a`, encodeOwner(SELF));
  expect(readOwner(`${dir}/a`)).toEqual(SELF);
  fs.rmSync(dir, { recursive: true });
});

it('fate of an owner can only be told on its machine, since its start, in its table of processes', () => {
  const { pid } = spawnSync('true');
  expect(fateOf(SELF, SELF)).toBe('alive');
  expect(fateOf({ ...SELF, pid }, SELF)).toBe('dead');
  // A number that was given again is somebody else's.
  expect(fateOf({ ...SELF, startTime: '1' }, SELF)).toBe('dead');
  expect(fateOf({ ...SELF, pid, host: 'another' }, SELF)).toBe('elsewhere');
  expect(fateOf({ ...SELF, pid, boot: 'before' }, SELF)).toBe('elsewhere');
});

it('two records are of one process when nothing of what names it differs', () => {
  expect(isSame(SELF, { ...SELF, command: 'another', since: 8 })).toBe(true);
  for (const other of [{ pid: 1 }, { startTime: '1' }, { boot: 'before' }, { host: 'another' }])
    expect(isSame(SELF, { ...SELF, ...other })).toBe(false);
});

it('ancestors are all who wait for this process, and nobody else', async () => {
  const parent = findProcess(process.ppid);
  const grandparent = findProcess(parent?.parent ?? 0);
  for (const ancestor of [parent, grandparent]) {
    if (ancestor !== undefined) expect(isAncestor({ ...SELF, ...ancestor }, SELF)).toBe(true);
  }
  expect(isAncestor(SELF, SELF)).toBe(false);
  expect(isAncestor({ ...SELF, ...parent, startTime: '1' }, SELF)).toBe(false);
  const child = spawn('sleep', ['60']);
  expect(isAncestor({ ...SELF, ...findProcess(child.pid as number) }, SELF)).toBe(false);
  child.kill('SIGKILL');
});
