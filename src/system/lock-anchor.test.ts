import * as fs from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { mountDisk } from '../../functional_tests/rig/small-disk.ts';
import { systemClock } from './clock.ts';
import { createLocks } from './lock.ts';
import { dropAnchor, isAnchored, weighAnchor } from './lock-anchor.ts';
import type { NativeLocks } from './lock-kernel.ts';
import { loadNative } from './native.ts';

let top: string;
let file: string;
let anchorFile: string;
const request = { signal: new AbortController().signal, command: 'test' };

beforeEach(({ onTestFinished }) => {
  top = fs.mkdtempSync(path.join(os.tmpdir(), 'galley-anchor-'));
  file = path.join(top, 'locks', 'a.lock');
  anchorFile = path.join(top, 'anchor');
  // After the disks that are mounted below it.
  onTestFinished(() => fs.rmSync(top, { recursive: true }));
});

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
    const anchored = fs.statSync(file, { bigint: true });
    held.anchor();
    // Removed and made again it would have been missing for a moment, and have changed.
    expect(fs.statSync(anchorFile, { bigint: true })).toMatchObject({ ino: anchored.ino, ctimeNs: anchored.ctimeNs });
    await held.release();
    expect(fs.existsSync(anchorFile)).toBe(false);
  });
});

describe('a second name', () => {
  const open = (name: string) => fs.openSync(path.join(top, name), 'w+');
  const at = (name: string) => path.join(top, name);

  it('is removed by its own file alone', () => {
    const [ours, other] = [open('ours'), open('other')];
    dropAnchor(ours, at('ours'), at('anchor'));
    weighAnchor(other, at('anchor'));
    expect(fs.existsSync(at('anchor'))).toBe(true);
    weighAnchor(ours, at('anchor'));
    expect(fs.existsSync(at('anchor'))).toBe(false);
    for (const fd of [ours, other]) fs.closeSync(fd);
  });

  it('cannot be had by a file that has lost its first, and nothing else is called so', () => {
    const ours = open('ours');
    fs.writeFileSync(at('anchor'), 'of a dead owner');
    fs.unlinkSync(at('ours'));
    dropAnchor(ours, at('ours'), at('anchor'));
    expect(fs.existsSync(at('anchor'))).toBe(false);
    fs.mkdirSync(at('anchor'));
    expect(() => dropAnchor(ours, at('ours'), at('anchor'))).toThrow('Cannot remove');
    fs.closeSync(ours);
  });

  it('is done without on another disk, and told when there is no room for it', async ({ skip }) => {
    for (const name of ['large', 'full']) fs.mkdirSync(at(name));
    const ours = open('ours');
    const disks = [await mountDisk(at('large'), 'size=64k'), await mountDisk(at('full'), 'nr_inodes=2')];
    if (disks.includes(undefined)) return skip('a disk can only be mounted by root on Linux');
    dropAnchor(ours, at('ours'), at('large/anchor'));
    expect(fs.readdirSync(at('large'))).toEqual([]);
    const full = open('full/lock');
    expect(() => dropAnchor(full, at('full/lock'), at('full/anchor'))).toThrow(
      `Cannot link "${at('full/anchor')}": no space`,
    );
    for (const fd of [ours, full]) fs.closeSync(fd);
  });

  it('that cannot be looked into may be held, which is told', async () => {
    const socket = createServer();
    await new Promise<void>((resolve) => socket.listen(at('socket'), resolve));
    const ours = open('ours');
    expect(() => isAnchored(ours, at('socket'), loadNative() as NativeLocks)).toThrow(
      `Cannot open "${at('socket')}": `,
    );
    fs.closeSync(ours);
    await new Promise((resolve) => socket.close(resolve));
  });

  it('keeps others away while somebody has it locked, and is looked at without a trace', () => {
    const native = loadNative() as NativeLocks;
    const [ours, other] = [open('ours'), open('other')];
    fs.linkSync(at('other'), at('anchor'));
    const openFiles = fs.readdirSync('/proc/self/fd').length;
    expect(isAnchored(ours, at('anchor'), native)).toBe(false);
    native.tryLock(other);
    expect(isAnchored(ours, at('anchor'), native)).toBe(true);
    expect(isAnchored(other, at('anchor'), native)).toBe(false);
    for (const none of ['missing', 'other/below', '.']) expect(isAnchored(ours, at(none), native)).toBe(false);
    fs.symlinkSync('other', at('link'));
    expect(isAnchored(ours, at('link'), native)).toBe(false);
    expect(fs.readdirSync('/proc/self/fd')).toHaveLength(openFiles);
    for (const fd of [ours, other]) fs.closeSync(fd);
  });
});
