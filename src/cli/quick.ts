// The shortest way through the program: a `sync` that has nothing to do is answered from the saved resolution, before
// the option parser, the reporter or anything else is loaded. Whatever is not plainly that takes the long way.
//
// Runs before the version of Node is known, so: nothing here that an old Node cannot parse.
import { findCurrent, SAVED_FILE } from '../build/saved.ts';
import { findStamp, touchDaily } from '../system/stamp.ts';

/** Flags that change what a sync does, but not what its answer looks like; those of the first list have a value. */
const WITH_VALUE = ['--manifest', '--cache-root', '--jobs', '--color'];
const WITHOUT_VALUE = ['--quiet', '-q', '--offline', '--frozen', '--strict', '--no-deploy'];

export interface Called {
  argv: string[];
  cwd: string;
  env: Readonly<Record<string, string | undefined>>;
  version: string;
}

/** The text to show on stderr, or undefined when the long way has to be taken. */
export function answerQuickly({ argv, cwd, env, version }: Called): string | undefined {
  if (!isBrief({ argv, env })) return undefined;
  const manifest = findManifest(argv, cwd);
  if (manifest === undefined) return undefined;
  const memo = `${manifest.slice(0, manifest.lastIndexOf('/'))}/${SAVED_FILE}`;
  const current = findCurrent(memo, { version, env, invocation: { argv, cwd } });
  // The cache takes the time of this file for the last use of the project, to the day.
  if (current?.lease !== undefined) touchDaily(current.lease);
  return current?.summary;
}

/** Whether one line answers a call that has nothing to do: a sync of everything, of which nobody wants to read more. */
export function isBrief({ argv, env }: Pick<Called, 'argv' | 'env'>): boolean {
  if (argv[0] !== 'sync' || env.GALLEY_TRACE || env.GALLEY_PROFILE || env.GALLEY_SUMMARY) return false;
  for (let index = 1; index < argv.length; index++) {
    const word = argv[index] as string;
    if (WITH_VALUE.includes(word)) index++;
    else if (!WITHOUT_VALUE.includes(word)) return false;
  }
  return true;
}

function findManifest(argv: readonly string[], cwd: string): string | undefined {
  const named = argv.lastIndexOf('--manifest');
  if (named < 0) return findAbove(cwd);
  const manifest = argv[named + 1];
  return manifest?.startsWith('/') ? manifest : `${cwd}/${manifest}`;
}

/** The same walk as the long way takes: up to the first galley.js, or to the root of the repository. */
export function findAbove(start: string): string | undefined {
  for (let dir = start; ; dir = dir.slice(0, dir.lastIndexOf('/'))) {
    if (findStamp(`${dir}/galley.js`) !== undefined) return `${dir}/galley.js`;
    if (dir === '' || findStamp(`${dir}/.git`) !== undefined) return undefined;
  }
}
