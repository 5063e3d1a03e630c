import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { becomeCommand } from './become.ts';

let cwd: string;
beforeEach(async () => {
  cwd = await mkdtemp(path.join(tmpdir(), 'galley-become-'));
});
afterEach(() => rm(cwd, { recursive: true }));

const become = (...argv: string[]) => becomeCommand({ argv, cwd, env: { PATH: process.env.PATH ?? '' } });

test('the exit status is that of the program', async () => {
  expect(await become('sh', '-c', 'exit 7')).toBe(7);
});

test('the exit status is 128 + n when signal n ended the program', async () => {
  expect(await become('sh', '-c', 'kill -KILL $$')).toBe(137);
});

test('a signal that reaches us reaches the program, which decides what it means', async () => {
  const ended = become('sh', '-c', 'trap "exit 5" TERM; : > ready; while :; do sleep 0.02; done');
  await vi.waitUntil(() => existsSync(path.join(cwd, 'ready')));
  process.emit('SIGTERM');
  expect(await ended).toBe(5);
});

test('signals have their own meaning again when the program has ended', async () => {
  const before = process.listenerCount('SIGTERM');
  await become('true');
  expect(process.listenerCount('SIGTERM')).toBe(before);
});

test('a program that does not exist is refused', async () => {
  await expect(become('no-such-program')).rejects.toMatchObject({ code: 'COMMAND_NOT_FOUND' });
});
