// The directory that a cache lives in: made when it is missing, and refused when it is somebody else's.
import path from 'node:path';
import { Failure } from '../model/failure.ts';
import { isErrno } from '../system/errno.ts';
import type { Files } from '../system/files.ts';
import { isTemporaryName } from '../system/temporary.ts';

/** Raised when what is on disk changes its meaning. */
export const CACHE_SCHEMA = 1;

/** What systems put into a directory that is nobody's yet. */
const OF_THE_SYSTEM = ['lost+found', '.DS_Store'];

/**
 * The real path of the directory to use. A cache of another schema keeps its directory, and ours is made inside it, so
 * that two versions of galley can be used side by side.
 *
 * @param homeDir of the user: never a cache, whatever is in it
 * @throws Failure CACHE_SCHEMA when the directory holds something that is no cache
 */
export async function openRoot(files: Files, wantedDir: string, homeDir?: string): Promise<string> {
  await files.ensureDir(wantedDir);
  // Real from here on: paths in it are compared with those that tools write into what they build.
  const dir = await files.realPath(wantedDir);
  if (dir === path.parse(dir).root) throw notForACache(dir, 'it is the root of all files');
  if (homeDir !== undefined && dir === (await realPathOf(homeDir, files)))
    throw notForACache(dir, 'it is your home directory');
  // The names are read before the schema: whoever makes the cache at this moment writes the schema first of all.
  const names = (await files.list(dir)).filter(
    (name) => !OF_THE_SYSTEM.includes(name) && !isTemporaryName(name, 'schema'),
  );
  const schema = (await files.findText(path.join(dir, 'schema')))?.trim();
  if (schema === String(CACHE_SCHEMA)) return dir;
  if (schema !== undefined && /^\d+$/.test(schema))
    return await openRoot(files, path.join(dir, `schema-${CACHE_SCHEMA}`), homeDir);
  if (names.length > 0) throw notACache(dir, names);
  await files.writeAtomic(path.join(dir, 'schema'), `${CACHE_SCHEMA}\n`);
  await files.fsyncDir(path.dirname(dir));
  return dir;
}

/** It need not exist, or be ours to look at. */
async function realPathOf(dir: string, files: Files): Promise<string> {
  try {
    return await files.realPath(dir);
  } catch (error) {
    if (!isErrno(error, 'ENOENT', 'ENOTDIR', 'EACCES', 'ELOOP')) throw error;
    return path.resolve(dir);
  }
}

function notACache(dir: string, names: string[]): Failure {
  return refusal(dir, `it holds "${names[0]}" and is no cache of galley`, '');
}

function notForACache(dir: string, why: string): Failure {
  return refusal(dir, why, `, such as "${path.join(dir, 'galley-cache')}"`);
}

function refusal(dir: string, why: string, example: string): Failure {
  return new Failure('CACHE_SCHEMA', `Cannot use "${dir}" as a cache: ${why}`, {
    hint: `Choose an empty or new directory with --cache-root${example}`,
    facts: { path: dir },
  });
}
