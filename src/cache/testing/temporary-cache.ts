// A cache in a temporary directory, for the tests of this folder.
import * as fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { systemClock } from '../../system/clock.ts';
import { createFiles, type Files } from '../../system/files.ts';
import { createLocks } from '../../system/lock.ts';
import { type Cache, openCache } from '../cache.ts';
import type { Entry } from '../entry.ts';
import type { EntryRef } from '../layout.ts';

export const REF: EntryRef = { identity: 'acme.tool@r1', platform: 'linux-x86_64', key: '0123abcd' };
export const DRAFT = { keyParts: {}, sources: [], builtAt: 1 };

export interface TemporaryCache extends AsyncDisposable {
  cache: Cache;
  files: Files;
  top: string;
  /** The entry under its lock, ready to build in. */
  begin(ref?: EntryRef): Promise<Entry>;
  /** Publishes a tree of these files and releases the lock. */
  publish(content: Record<string, string>, ref?: EntryRef): ReturnType<Entry['publish']>;
}

/** What a cache is opened with. */
export function surroundings() {
  const signal = AbortSignal.timeout(60_000);
  return { locks: createLocks({ clock: systemClock }), clock: systemClock, command: 'test', signal };
}

export async function makeTemporaryCache(files: Files = createFiles()): Promise<TemporaryCache> {
  const top = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'galley-cache-')));
  const options = {
    rootDir: path.join(top, 'cache'),
    files,
    ...surroundings(),
  };
  const cache = await openCache(options);

  async function begin(ref = REF): Promise<Entry> {
    const entry = await cache.lock(ref, { signal: AbortSignal.timeout(10_000) });
    await entry.prepare();
    return entry;
  }

  return {
    ...{ cache, files, top, begin },
    async publish(content, ref = REF) {
      const entry = await begin(ref);
      try {
        for (const [name, text] of Object.entries(content)) writeTree(entry.dirs.installDir, name, text);
        return await entry.publish(DRAFT);
      } finally {
        await entry.release();
      }
    },
    async [Symbol.asyncDispose]() {
      cache.close();
      await files.removeTree(top);
    },
  };
}

function writeTree(dir: string, name: string, text: string): void {
  const file = path.join(dir, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, text);
}
