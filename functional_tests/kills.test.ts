// SIGKILL at any moment, to several processes on one cache at once. Whatever they were doing, the next sync ends well and
// everything in the cache is whole, nothing is published twice, no verified download is lost, and nothing is left.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { Chance } from './rig/chance.ts';
import { entriesOf } from './rig/disk.ts';
import { type Running, start, succeed } from './rig/galley.ts';
import { ASSETS, createKitchen, expectServed, type Kitchen } from './rig/kitchen.ts';
import { findLeftovers } from './rig/leftovers.ts';
import { MOMENTS, type Moment, momentsOf, waitFor } from './rig/moments.ts';
import { isLong, rounds } from './rig/rounds.ts';

const KILLS_PER_ROUND = 2;

/** The moments that are over soonest are aimed at twice. */
const AIMS: readonly Moment[] = [...MOMENTS, 'publish', 'ending'];

const counts = new Map<Moment, number>(MOMENTS.map((moment) => [moment, 0]));
const chance = new Chance();
let kills = 0;

afterAll(() => {
  const told = [...counts].map(([moment, count]) => `${moment} ${count}`).join(', ');
  process.stdout.write(`${kills} kills of a whole run, seed ${chance.seed}; in the middle of: ${told}\n`);
  if (isLong) expect(Math.min(...counts.values()), 'kills in the rarest moment').toBeGreaterThanOrEqual(5);
});

test.each(Array.from({ length: rounds(6, 65) }, (_, round) => round))(
  'a killed run is made good by the next, round %i',
  async (round) => {
    const kitchen = await createKitchen();
    const { project, annexe } = kitchen;
    const dead: Running[] = [];
    const told: string[] = [];
    for (let kill = 0; kill < KILLS_PER_ROUND; kill++) {
      const moment = AIMS[(round * KILLS_PER_ROUND + kill) % AIMS.length] as Moment;
      const runs = ['.', '.', annexe].map((cwd) => start(project, 'sync', { cwd }));
      await waitFor({ moment, project, chance }, runs);
      told.push(`${moment}: ${(await killAll(runs)).join(' ')}`);
      dead.push(...runs);
    }
    await expectMadeGood(kitchen, dead, `seed ${chance.seed}, round ${round}, killed in ${told.join('; ')}`);
  },
);

/** Kills all runs at once; answers what they were doing. */
async function killAll(runs: readonly Running[]): Promise<Moment[]> {
  for (const run of runs) run.kill('SIGKILL');
  const ends = await Promise.all(runs.map((run) => run.finished));
  const doing = new Set(ends.flatMap(({ events }) => [...momentsOf(events.all)]));
  for (const moment of doing) counts.set(moment, (counts.get(moment) ?? 0) + 1);
  kills += 1;
  return [...doing];
}

async function expectMadeGood(kitchen: Kitchen, dead: readonly Running[], context: string): Promise<void> {
  const { project, server, annexe } = kitchen;
  const before = await completeEntries(kitchen);
  const all = (await Promise.all(dead.map((run) => run.finished))).map(({ events }) => events);
  const verified = all.some((events) => events.of('fetch.finished', 'test.flour@r1').length > 0);
  const asked = server.asked('/flour.tar.gz');
  all.push((await succeed(project, 'sync')).events, (await succeed(project, 'sync', { cwd: annexe })).events);

  await expectServed(kitchen, context);
  // Whatever was complete when the processes died is what is there now.
  for (const [file, marker] of before) expect(await readFile(file, 'utf8'), `${context}: ${file}`).toBe(marker);
  const published = all.flatMap((events) => events.of('entry.published').map(({ package: label }) => label));
  expect(new Set(published).size, `${context}: published ${published}`).toBe(published.length);
  if (verified) expect(server.asked('/flour.tar.gz'), `${context}: a download was lost`).toBe(asked);
  expect(await findLeftovers(project), context).toEqual([]);
}

/** Marker file → its text, of all entries that are complete now. */
async function completeEntries({ project }: Kitchen): Promise<Map<string, string>> {
  const entries = (await Promise.all(Object.keys(ASSETS).map((identity) => entriesOf(project, identity)))).flat();
  const markers = entries.map((entry) => path.join(entry, 'galley-complete'));
  const texts = await Promise.all(
    markers.map(async (file) => [file, await readFile(file, 'utf8').catch(() => '')] as const),
  );
  return new Map(texts.filter(([, text]) => text !== ''));
}
