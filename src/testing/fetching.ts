// A fetcher over a scripted server and a real directory, for tests of fetching.
import { mkdtempSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createFetcher, type Fetcher, type FetcherOptions, type FetchSource, type Store } from '../fetch/fetcher.ts';
import type { Event } from '../model/event.ts';
import { type Clock, systemClock } from '../system/clock.ts';
import { createFiles } from '../system/files.ts';
import type { Machine } from '../system/host.ts';
import { createHttp } from '../system/http.ts';
import { createLocks } from '../system/lock.ts';
import { type Handler, serve, type Web } from './web.ts';

export interface Fetching extends AsyncDisposable {
  web: Web;
  dir: string;
  events: Omit<Event, 'at'>[];
  /** How long retries waited, without anybody waiting. */
  slept: number[];
  fetcher: Fetcher;
  /** Another one over the same store, as a second process would have. */
  another(changes?: Partial<FetcherOptions>): Fetcher;
  /** Names of unfinished files. */
  parts(): string[];
  text(file: string): string;
}

const LINUX: Machine = { os: 'linux', arch: 'x86_64', osVersion: '6.1', glibcVersion: '2.36' };

export const never = new AbortController().signal;

/** Locks as the composition root makes them. */
function createLock(): FetcherOptions['lock'] {
  const locks = createLocks({ clock: systemClock });
  return (file, signal) => locks.acquire(file, { signal, command: 'a test' });
}

/** A store as simple as one can be. */
export function createDirectoryStore(dir: string): Store {
  const files = createFiles();
  const find: Store['find'] = async (sha256) => {
    const file = path.join(dir, 'store', sha256);
    const stat = await files.findStat(file);
    return stat && { file, sizeBytes: stat.sizeBytes };
  };
  return {
    find,
    findIntact: find,
    partFile: (name) => path.join(dir, 'parts', name),
    async adopt(partFile, sha256) {
      await files.rename(partFile, path.join(dir, 'store', sha256));
      return (await find(sha256)) as { file: string; sizeBytes: number };
    },
  };
}

export async function startFetching(handle: Handler, changes: Partial<FetcherOptions> = {}): Promise<Fetching> {
  const dir = realpathSync(mkdtempSync(path.join(tmpdir(), 'galley-fetch-')));
  const files = createFiles();
  await files.ensureDir(path.join(dir, 'store'));
  await files.ensureDir(path.join(dir, 'parts'));
  const web = await serve(handle);
  const http = createHttp({ env: {}, timeouts: { connectMs: 1000, stallMs: 200 } });
  const events: Fetching['events'] = [];
  const slept: number[] = [];
  const clock: Clock = { ...systemClock, sleep: async (ms) => void slept.push(ms) };
  const another = (more: Partial<FetcherOptions> = {}) =>
    createFetcher({
      ...{
        http,
        files,
        clock,
        lock: createLock(),
        env: { HOME: dir },
        projectDir: path.join(dir, 'project'),
        offline: false,
        mirrors: [],
        tokens: [],
        random: () => 0,
        machine: () => LINUX,
      },
      store: createDirectoryStore(dir),
      emit: (event) => void events.push(event),
      ...changes,
      ...more,
    });
  return {
    ...{ web, dir, events, slept, another },
    fetcher: another(),
    parts: () => readdirSync(path.join(dir, 'parts')),
    text: (file) => readFileSync(file, 'utf8'),
    async [Symbol.asyncDispose]() {
      await http[Symbol.asyncDispose]();
      await web[Symbol.asyncDispose]();
      await files.removeTree(dir);
    },
  };
}

/** For a process of its own, which ends only when it is killed. */
export async function downloadForever([dir, source]: [string, FetchSource]): Promise<void> {
  const http = createHttp({ env: {}, timeouts: { connectMs: 60_000, stallMs: 60_000 } });
  const fetcher = createFetcher({
    ...{
      http,
      store: createDirectoryStore(dir),
      files: createFiles(),
      clock: systemClock,
      lock: createLock(),
      random: () => 0,
    },
    ...{ emit: () => {}, offline: false, mirrors: [], tokens: [], env: {}, projectDir: dir, machine: () => LINUX },
  });
  await fetcher.download(source, { signal: never });
}
