// A process that uses or collects what is in a cache, and stops at one point of its way until it is told to go on: only
// other processes show what a lease is worth, and only a stop shows a window.
//
//   node cache-child.ts <cache> use     <point> <entry as JSON>    looks for an entry; prints "hit" or "miss", and lives on
//   node cache-child.ts <cache> collect <point>                    removes all that nobody uses; prints what it removed
//
// Prints "at <point>" where it stops, and goes on with the next line of its input.
import { createInterface } from 'node:readline';
import { createFiles } from '../../system/files.ts';
import { openCache } from '../cache.ts';
import { type EntryRef, MARKER } from '../layout.ts';
import { surroundings } from './temporary-cache.ts';

const [rootDir = '', role = '', point = '', ref = '{}'] = process.argv.slice(2);
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const say = (text: string) => process.stdout.write(`${text}\n`);

/** The same function, which stops before it is first called about such a file. */
function stopping<A extends unknown[], T>(
  name: string,
  suffix: string,
  call: (file: string, ...args: A) => Promise<T>,
): (file: string, ...args: A) => Promise<T> {
  let hasStopped = name !== point;
  return async (file, ...args) => {
    if (!hasStopped && file.endsWith(suffix)) {
      hasStopped = true;
      say(`at ${name}`);
      await lines.next();
    }
    return await call(file, ...args);
  };
}

const files = createFiles();
const { locks, ...others } = surroundings();
const cache = await openCache({
  ...others,
  rootDir,
  files: {
    ...files,
    // Moving away is what a collector does behind the gate.
    findText: stopping('look', MARKER, files.findText),
    rename: stopping('move', '', files.rename),
  },
  locks: { ...locks, acquire: stopping('gate', 'gc.lock', locks.acquire) },
});

if (role === 'use') {
  const wanted = JSON.parse(ref) as EntryRef;
  say((await cache.find(wanted)) ? 'hit' : 'miss');
  for await (const line of lines) {
    if (line !== 'hand on') continue;
    await cache.keepFor({ manifest: process.execPath, entries: [wanted], isWhole: true });
    process.exit();
  }
} else {
  const { removed } = await (await cache.care()).collect({ olderThanMs: 0 }, { dryRun: false });
  // What another has moved away, and gives back itself at this moment, is waste to us: either may be the one to do it.
  const things = removed.filter(({ kind }) => kind !== 'waste');
  say(`removed ${things.map(({ unit }) => unit).join(' ')}`);
  process.exit();
}
