import { execFileSync, spawn } from 'node:child_process';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it, test } from 'vitest';
import {
  bootId,
  coreCount,
  findAncestors,
  findPlatform,
  findProcess,
  isAlive,
  osVersion,
  userCacheDir,
  userStateDir,
} from './host.ts';

describe('a process', () => {
  it('is alive until it ends, also while it is stopped, and not as a zombie', async () => {
    const child = spawn('sleep', ['60']);
    const facts = findProcess(child.pid as number);
    expect(facts?.parent).toBe(process.pid);
    process.kill(child.pid as number, 'SIGSTOP');
    expect(facts && isAlive(facts)).toBe(true);
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
    expect(facts && isAlive(facts)).toBe(false);
  });

  it('is not mistaken for another one that got its number', () => {
    const self = findProcess(process.pid);
    expect(self && isAlive(self)).toBe(true);
    expect(self && isAlive({ ...self, startTime: '1' })).toBe(false);
  });

  it('knows those that started it', () => {
    const pids = findAncestors().map(({ pid }) => pid);
    expect(pids[0]).toBe(process.ppid);
    expect(pids.at(-1)).toBeGreaterThan(0);
    expect(pids).not.toContain(process.pid);
  });
});

describe('the machine', () => {
  it('has a platform, a version, cores and a boot id that does not change', () => {
    expect(findPlatform()).toMatchObject({ os: expect.any(String), arch: expect.any(String) });
    expect(osVersion()).toMatch(/^\d+\./);
    expect(coreCount()).toBe(os.availableParallelism());
    expect(bootId()).toBe(bootId());
    expect(bootId()).not.toBe('');
  });

  it.skipIf(process.platform !== 'linux')('gives us fewer cores when an affinity mask does', () => {
    const script = `import(${JSON.stringify(path.join(import.meta.dirname, 'host.ts'))}).then((host) => console.log(host.coreCount()))`;
    const output = execFileSync('taskset', ['-c', '0', process.execPath, '-e', script], { encoding: 'utf8' });
    expect(output).toBe('1\n');
  });
});

describe('the cache directory of the user', () => {
  it.skipIf(process.platform !== 'linux')('follows XDG when that is absolute, else HOME', () => {
    expect(userCacheDir({ HOME: '/h' })).toBe('/h/.cache');
    expect(userCacheDir({ HOME: '/h', XDG_CACHE_HOME: '/x' })).toBe('/x');
    expect(userCacheDir({ HOME: '/h', XDG_CACHE_HOME: 'x' })).toBe('/h/.cache');
  });
});

test.each(['', 'here'])('the state of the user is never in the working directory, as HOME is "%s"', (HOME) => {
  expect(userStateDir({ HOME, XDG_STATE_HOME: 'x' })).toBe(path.join(os.userInfo().homedir, '.local/state'));
});
