// The directory that a cache lives in: made when it is missing, and refused when it is somebody else's.
import path from 'node:path';
import { Failure } from '../model/failure.ts';
import type { Files } from '../system/files.ts';

/** Raised when what is on disk changes its meaning. */
export const CACHE_SCHEMA = 1;

/**
 * The real path of the directory to use. A cache of another schema keeps its directory, and ours is made inside it, so
 * that two versions of galley can be used side by side.
 *
 * @throws Failure CACHE_SCHEMA when the directory holds something that is no cache
 */
export async function openRoot(files: Files, wantedDir: string): Promise<string> {
  await files.ensureDir(wantedDir);
  // Real from here on: paths in it are compared with those that tools write into what they build.
  const dir = await files.realPath(wantedDir);
  // The names are read before the schema: whoever makes the cache at this moment writes the schema first of all.
  const names = (await files.list(dir)).filter((name) => !name.startsWith('.') && name !== 'lost+found');
  const schema = (await files.findText(path.join(dir, 'schema')))?.trim();
  if (schema === String(CACHE_SCHEMA)) return dir;
  if (schema !== undefined && /^\d+$/.test(schema))
    return await openRoot(files, path.join(dir, `schema-${CACHE_SCHEMA}`));
  if (names.length > 0) throw notACache(dir, names);
  await files.writeAtomic(path.join(dir, 'schema'), `${CACHE_SCHEMA}\n`);
  await files.fsyncDir(path.dirname(dir));
  return dir;
}

function notACache(dir: string, names: string[]): Failure {
  return new Failure(
    'CACHE_SCHEMA',
    `Cannot use "${dir}" as a cache: it holds "${names[0]}" and is no cache of galley`,
    {
      hint: 'Choose an empty or new directory with --cache-root',
      facts: { path: dir },
    },
  );
}
