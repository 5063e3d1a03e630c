// What must be true of the kitchen whatever has happened to its runs: of each that ended by itself, of the project's
// files at any moment, and of everything after the next sync.
import { lutimes, readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { CODES, type Code } from '../../src/model/codes.ts';
import { entriesOf, listNames } from './disk.ts';
import type { Events } from './events.ts';
import { type Finished, succeed } from './galley.ts';
import { ASSETS, COMPLETE_ENTRY, expectServed, type Kitchen } from './kitchen.ts';
import { findLeftovers, findTemporaries } from './leftovers.ts';
import type { Project } from './project.ts';

/** The package that is user-managed: of its entry nothing stays. */
const OVEN = 'test.oven@r1';

/** How a run may end by itself. */
export interface Ending {
  mayFail: boolean;
  signal: NodeJS.Signals | undefined;
}

const STATUS_OF: Partial<Record<NodeJS.Signals, number>> = { SIGINT: 130, SIGTERM: 143, SIGKILL: 137 };

/** Before a run knows how to tell, it tells in words. */
const WORDS = /^(?:error: .*\n(?: {2}.*\n)* {2}code: (\w+)\n)?$/;

/** Its failures have codes that are not our bugs, it says nothing else, and its status fits; answers the codes. */
export function expectDecent({ status, stderr, events }: Finished, ending: Ending, context: string): Code[] {
  const { mayFail, signal } = ending;
  // The runner shows the first line first.
  const told = `${context}: ${status} ${events.messages()}${stderr}`.replaceAll('\n', ' | ');
  expect(stderr, told).toMatch(WORDS);
  const [, spoken] = WORDS.exec(stderr) ?? [];
  const codes = [...events.codes(), ...(spoken === undefined ? [] : [spoken as Code])];
  for (const code of codes) expect(CODES[code].blame, told).not.toBe('bug');
  const allowed = [0, ...(mayFail ? [1, 2, 3] : []), ...(signal ? [STATUS_OF[signal]] : [])];
  expect(allowed, told).toContain(status);
  if (status > 0 && status < 128) expect(codes.length, told).toBeGreaterThan(0);
  return codes;
}

/** A file that is there is whole. */
export async function expectWholeFiles({ project, annexe }: Kitchen, context: string): Promise<void> {
  for (const dir of [project.dir, project.at(annexe)]) {
    for (const file of ['galley.lock', '.galley/deployed.json', '.galley/outputs.json', '.galley/launchers.json']) {
      const text = await readFile(path.join(dir, file), 'utf8').catch(() => undefined);
      if (text !== undefined) expect(() => JSON.parse(text), `${context}: ${file} is ${text}`).not.toThrow();
    }
  }
}

export interface Past {
  /** What the runs have told. */
  ended: readonly Events[];
  isSupplied: boolean;
  /** In words. */
  context: string;
}

/** Syncs again, in calm, and compares everything with what it must be. */
export async function expectMadeGood(kitchen: Kitchen, { ended, isSupplied, context }: Past): Promise<void> {
  const { project, server, annexe } = kitchen;
  const before = await completeEntries(kitchen);
  const verified = ended.some((events) => events.of('fetch.finished', 'test.flour@r1').length > 0);
  const asked = server.asked('/flour.tar.gz');
  const all = [...ended];
  for (const cwd of ['.', annexe]) all.push((await succeed(project, 'sync', { cwd })).events);
  all.push((await succeed(project, 'build dough --output-dir out')).events);

  await collect(kitchen, [...(await findWaste(kitchen)), ...(await findUnfinished(kitchen, context))]);
  await expectServed(kitchen, context, isSupplied);
  await expectWholeFiles(kitchen, context);
  expect(await readFile(project.at('out/dough'), 'utf8'), context).toBe(ASSETS['test.dough@r1']?.dough);
  // Whatever was complete when the processes died is what is there now.
  for (const [file, marker] of before) expect(await readFile(file, 'utf8'), `${context}: ${file}`).toBe(marker);
  const made = all.flatMap((events) => events.of('entry.published'));
  const labels = made.map(({ package: label }) => label);
  expect(new Set(labels).size, `${context}: made ${labels}`).toBe(labels.length);
  if (verified) expect(server.asked('/flour.tar.gz'), `${context}: a download was lost`).toBe(asked);
  await succeed(project, 'cache verify');
  if ((await listNames(depotOf(kitchen))).includes('galley-depot.json')) {
    await succeed(project, ['depot', 'verify', depotOf(kitchen)]);
  }
  const left = await findLasting(project);
  expect(left, `${context}: left ${left}`).toEqual([]);
  await collect(kitchen, await findTemporaries(project.cacheDir));
  // In projects and depots a killed writer leaves its own, under a name that nobody reads.
  const temporaries = await findTemporaries(project.cacheDir);
  expect(temporaries, `${context}: left ${temporaries}`).toEqual([]);
}

/** A dead process that could not write who it was is taken for one of another machine, until its lock is stale. */
const STALE_MS = 11_000;

async function findLasting(project: Project): Promise<string[]> {
  const left = await findLeftovers(project);
  if (!left.some((name) => name.endsWith('.lock.lock'))) return left;
  await sleep(STALE_MS);
  // Whoever has nothing to do does not look around.
  await succeed(project, 'sync --verbose');
  return await findLeftovers(project);
}

/** What the dead were writing into the cache is somebody's for an hour, and then the collector's. */
async function collect({ project }: Kitchen, files: readonly string[]): Promise<void> {
  if (files.length === 0) return;
  const longAgo = new Date(Date.now() - 2 * 60 * 60 * 1000);
  for (const file of files) await lutimes(path.join(project.cacheDir, file), longAgo, longAgo);
  await succeed(project, 'cache gc --older-than 1h');
}

/** What is in complete entries beside the asset: whoever dies between the marker and the tidying leaves it to the collector. */
async function findWaste({ project }: Kitchen): Promise<string[]> {
  const entries = (await Promise.all(Object.keys(ASSETS).map((identity) => entriesOf(project, identity)))).flat();
  const names = await Promise.all(
    entries.map(async (entry) => (await listNames(entry)).map((name) => path.join(entry, name))),
  );
  const waste = names.flat().filter((file) => !COMPLETE_ENTRY.includes(path.basename(file)));
  return waste.map((file) => path.relative(project.cacheDir, file));
}

/** Troubles in which the disk refuses to clear something away, or nothing tells of a dead process any more. */
const REFUSING = /lost locks|descriptors|read-only|full|\bE[A-Z]+ on /;

/** Of an entry that no asset comes of, what stays after such a trouble is the collector's too. */
async function findUnfinished({ project }: Kitchen, context: string): Promise<string[]> {
  const entries = REFUSING.test(context) ? await entriesOf(project, OVEN) : [];
  return entries.map((entry) => path.relative(project.cacheDir, entry));
}

/** Where the kitchen pushes to. */
export const depotOf = ({ project }: Kitchen): string => path.join(project.rootDir, 'depot');

/** Marker file → its text, of all entries that are complete now. */
async function completeEntries({ project }: Kitchen): Promise<Map<string, string>> {
  const entries = (await Promise.all(Object.keys(ASSETS).map((identity) => entriesOf(project, identity)))).flat();
  const markers = entries.map((entry) => path.join(entry, 'galley-complete'));
  const texts = await Promise.all(
    markers.map(async (file) => [file, await readFile(file, 'utf8').catch(() => '')] as const),
  );
  return new Map(texts.filter(([, text]) => text !== ''));
}
