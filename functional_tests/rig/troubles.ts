// What can happen to the runs of a test beside being killed: one function for each kind of trouble. All that is left to
// chance is drawn before the runs start; `told` says it.
import { execFile } from 'node:child_process';
import { statfsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Chance } from './chance.ts';
import { listNames } from './disk.ts';
import { CALLS, withClockJump, withFault } from './faults.ts';
import type { Running } from './galley.ts';
import type { Kitchen } from './kitchen.ts';
import { isLong } from './rounds.ts';
import type { Content } from './server.ts';
import type { SmallDisk } from './small-disk.ts';

const run = promisify(execFile);

export interface Scene {
  kitchen: Kitchen;
  chance: Chance;
  /** Under the cache; undefined where nobody may mount one. */
  disk: SmallDisk | undefined;
}

export interface Trouble {
  told: string;
  /** Whether a run that nobody ends may fail: by this, and with a code. */
  mayFail: boolean;
  env?: Record<string, string>;
  /** In the middle of the runs. */
  strike?(runs: readonly Running[]): Promise<void>;
  /** Afterwards. A run that still lives must be able to go on. */
  lift?(): Promise<void>;
}

type Begin = (scene: Scene) => Promise<Trouble>;

const anyOf = <T>(chance: Chance, list: readonly T[]): T => list[chance.below(list.length)] as T;

/** Small numbers are as probable as large ones: most is done in the first calls. */
const someCalls = (chance: Chance): number => Math.floor(2 ** (chance.next() * 8)) - 1;

const PLACES = ['/cache/', '/locks/', '/assets/', '/downloads/', '/leases/', '/logs/', '/scratch/', '/recipes/'];
const OF_PROJECT = ['/project/', 'galley.lock', '/.galley/', '/out/', '/state/', '/home/', '/depot'];

const calm: Begin = async () => ({ told: 'calm', mayFail: false });

/** The system refuses some calls. */
const errno: Begin = async ({ kitchen: { project }, chance }) => {
  const on = anyOf(chance, [...CALLS, 'any' as const]);
  const opens = on === 'open' || on === 'create' ? ['EMFILE', 'EACCES'] : [];
  const does = anyOf(chance, ['EIO', 'EIO', 'ENOSPC', 'EROFS', ...opens]);
  const where = anyOf(chance, [...PLACES, ...OF_PROJECT]);
  const [after, times] = [someCalls(chance), anyOf(chance, [0, 1, 1, 3])];
  const of = where === '/out/' ? 'courier.mjs' : 'galley.js';
  const told = `${does} on ${times || 'every'} ${on} of ${where} after ${after}`;
  return { told, mayFail: true, env: await withFault(project, { of, on, does, after, times, path: where }) };
};

const clock: Begin = async ({ kitchen: { project }, chance }) => {
  const [afterMs, byS] = [chance.below(800), anyOf(chance, [-1, 1]) * (1 + chance.below(48 * 3600))];
  return {
    told: `the clock is set by ${byS} s after ${afterMs} ms`,
    mayFail: false,
    env: await withClockJump(project, { afterMs, byS }),
  };
};

/** A network that hangs, breaks off or is gone, for all that the kitchen downloads. */
const network: Begin = async ({ kitchen: { server, foods }, chance }) => {
  const how = anyOf(chance, ['stalls', 'breaks off', 'is gone'] as const);
  const waiting: (() => void)[] = [];
  const ill = (whole: Buffer): Content => {
    if (how === 'is gone') return (request) => request.destroy();
    return (_request, response) => {
      response.writeHead(200, { 'content-length': whole.length });
      response.write(whole.subarray(0, whole.length / 2), () => {
        if (how === 'breaks off') response.destroy();
        else waiting.push(() => response.end(whole.subarray(whole.length / 2)));
      });
    };
  };
  for (const [name, content] of Object.entries(foods)) server.set(name, ill(content));
  return {
    told: `the network ${how}`,
    mayFail: how !== 'stalls',
    async lift() {
      for (const [name, content] of Object.entries(foods)) server.set(name, content);
      for (const goOn of waiting) goOn();
    },
  };
};

/** From some moment on only so many files can be open. */
const descriptors: Begin = async ({ chance }) => {
  const limit = 18 + chance.below(30);
  return {
    told: `${limit} descriptors`,
    mayFail: true,
    async strike(runs) {
      const set = ({ pid }: Running) => run('prlimit', ['--pid', `${pid}`, `--nofile=${limit}:${limit}`]);
      // Who has ended meanwhile needs none.
      await Promise.all(runs.map((each) => set(each).catch(() => {})));
    },
  };
};

/** All of a sudden the cache has hardly any room. */
const full: Begin = async ({ kitchen: { project }, chance, disk }) => {
  const roomBytes = 4096 * chance.below(12);
  const strike = async () => {
    const { blocks, bfree, bsize } = statfsSync(project.cacheDir);
    await disk?.remount(`size=${(blocks - bfree) * bsize + roomBytes}`).catch(() => {});
  };
  const lift = async () => disk?.remount('size=64m');
  return { told: `a full disk but for ${roomBytes} bytes`, mayFail: true, strike, lift };
};

/** A directory that is there, of the cache or project, cannot be written. */
const readOnly: Begin = async ({ kitchen: { project }, chance }) => {
  // Not the directory that the runs are in: it would be gone for them when the mount is taken away.
  const within = [project.cacheDir, project.dir, project.rootDir];
  const names = (
    await Promise.all(within.map(async (dir) => (await listNames(dir)).map((name) => path.join(dir, name))))
  ).flat();
  const wanted = /^(cache|project)\/(assets|downloads|leases|locks|logs|recipes|scratch|\.galley)$|^(state|home)$/;
  const dirs = names.filter((name) => wanted.test(path.relative(project.rootDir, name)));
  const dir = anyOf(chance, dirs);
  const lift = async () => void (await run('umount', ['-l', dir]));
  await run('mount', ['-o', 'bind,ro', dir, dir]);
  return { told: `read-only ${path.relative(project.rootDir, dir)}`, mayFail: true, lift };
};

/** Somebody clears the directory of locks while they are held: of the kernel's files, of the directories, or of both. */
const lostLocks: Begin = async ({ kitchen: { project }, chance }) => {
  const what = anyOf(chance, ['files', 'directories', 'all'] as const);
  const dir = path.join(project.cacheDir, 'locks');
  const isMeant = (name: string) => what === 'all' || name.endsWith('.lock.lock') === (what === 'directories');
  return {
    told: `lost locks: ${what}`,
    mayFail: true,
    async strike() {
      for (const name of (await listNames(dir)).filter(isMeant))
        await rm(path.join(dir, name), { recursive: true, force: true });
    },
  };
};

/** Longer than the age at which a lock that is a file counts as left behind; a short one shows most of it. */
const PAUSE_MS = { short: 600, pastStale: 11_000 };

const pause: Begin = async ({ chance }) => {
  const pauseMs = isLong && chance.below(6) === 0 ? PAUSE_MS.pastStale : PAUSE_MS.short;
  const only = chance.below(4);
  return {
    told: `${only === 3 ? 'all stop' : 'one stops'} for ${pauseMs} ms`,
    mayFail: false,
    async strike(runs) {
      const stopped = only === 3 ? runs : runs.slice(only % runs.length, (only % runs.length) + 1);
      for (const each of stopped) each.kill('SIGSTOP');
      await sleep(pauseMs);
      for (const each of stopped) each.kill('SIGCONT');
    },
  };
};

const EVERYWHERE = { calm, errno, clock, network, descriptors, 'lost locks': lostLocks, pause };
const MOUNTED = { full, 'read-only': readOnly };

export type Kind = keyof typeof EVERYWHERE | keyof typeof MOUNTED;
const KINDS: Record<Kind, Begin> = { ...EVERYWHERE, ...MOUNTED };

/** Those that this machine can have: a disk is mounted by root only. */
export const kindsWith = (disk: SmallDisk | undefined): Kind[] => Object.keys(disk ? KINDS : EVERYWHERE) as Kind[];

export async function begin(kind: Kind, scene: Scene): Promise<Trouble> {
  return await KINDS[kind](scene);
}
