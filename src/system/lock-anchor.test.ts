import * as fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from './clock.ts';
import { createLocks } from './lock.ts';

let top: string;
let file: string;
let anchorFile: string;
const request = { signal: new AbortController().signal, command: 'test' };

beforeEach(() => {
  top = fs.mkdtempSync(path.join(os.tmpdir(), 'galley-anchor-'));
  file = path.join(top, 'locks', 'a.lock');
  anchorFile = path.join(top, 'anchor');
});
afterEach(() => fs.rmSync(top, { recursive: true }));

/** As another process: the kernel tells open files apart, not processes. */
const others = () => createLocks({ clock: systemClock });

describe('a lock whose file was removed', () => {
  it('is still held when it was anchored, and passes on at its release', async () => {
    const held = await others().acquire(file, { ...request, anchorFile });
    held.anchor();
    fs.rmSync(path.dirname(file), { recursive: true });
    held.assertHeld();
    expect(await others().tryAcquire(file, { command: 'test', anchorFile })).toBeUndefined();
    const next = others().acquire(file, { ...request, anchorFile });
    await held.release();
    await (await next).release();
    expect(fs.readdirSync(top)).toEqual(['locks']);
    expect(fs.readdirSync(path.dirname(file))).toEqual([]);
  });

  it('is lost without an anchor, and its owner hears of it', async () => {
    const held = await others().acquire(file, request);
    fs.rmSync(path.dirname(file), { recursive: true });
    expect(() => held.assertHeld()).toThrow(/Cannot keep the lock ".*": somebody removed its file/);
    const next = await others().tryAcquire(file, { command: 'test' });
    expect(next).toBeDefined();
    // The name is another's by now.
    await held.release();
    expect(fs.existsSync(file)).toBe(true);
    await next?.release();
  });
});

describe('the anchor of a dead owner', () => {
  it('keeps nobody away, and makes room for the next', async () => {
    fs.writeFileSync(anchorFile, '');
    const held = await others().acquire(file, { ...request, anchorFile });
    held.anchor();
    held.anchor();
    expect(fs.statSync(anchorFile).ino).toBe(fs.statSync(file).ino);
    await held.release();
    expect(fs.existsSync(anchorFile)).toBe(false);
  });
});
