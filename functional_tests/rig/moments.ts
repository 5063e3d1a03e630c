// Moments of a run in the kitchen, as its events and the disk tell them: to wait for one, and to see which of them a
// killed run was in the middle of.
import { readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Event } from '../../src/model/event.ts';
import { PHASES } from '../../src/model/phase.ts';
import type { Chance } from './chance.ts';
import { entriesOf } from './disk.ts';
import type { EventOf } from './events.ts';
import type { Running } from './galley.ts';
import { PACKAGES } from './kitchen.ts';
import type { Project } from './project.ts';

/** The phases, and what is none, in their order: an asset or output is put in its place, the end. */
export const MOMENTS = [
  ...PHASES.flatMap(({ name }) => (name === 'install' ? ([name, 'publish'] as const) : [name])).filter(
    (name) => name !== 'done',
  ),
  'placing',
  'ending',
] as const;
export type Moment = (typeof MOMENTS)[number];

export interface Aim {
  moment: Moment;
  project: Project;
  chance: Chance;
}

/** Waits for a point of time in a moment of one of the runs, or until all of them have ended. */
export async function waitFor(aim: Aim, runs: readonly Running[]): Promise<void> {
  const coming = runs.map((run) => comesTo(aim, run));
  await Promise.any(coming).catch(() => {});
}

async function comesTo({ moment, project, chance }: Aim, run: Running): Promise<void> {
  const finished = new Set<string>();
  const isAfterAll = (event: EventOf<'package.finished'>) => finished.add(event.package).size === PACKAGES;
  if (moment === 'publish') {
    const { package: label } = await run.event('command.finished', isBeforePublish);
    return await untilChanged((await entriesOf(project, label as string))[0] ?? '', 1 + chance.below(4));
  }
  if (moment === 'ending') {
    await run.event('package.finished', isAfterAll);
    return await sleep(chance.below(4));
  }
  if (moment === 'export' || moment === 'placing') {
    const { command } = await run.event('run.started');
    if (LAST[command] !== moment) throw new Error(`${command} has no ${moment}`);
    await run.event('package.finished', command === 'push' ? isAfterAll : ({ package: label }) => label === PLACED);
    return await sleep(chance.below(60));
  }
  await run.event('phase.started', ({ phase }) => phase === moment);
  // Some phases are over in a few milliseconds.
  await sleep(chance.below(chance.below(3) === 0 ? 30 : 5));
}

/** What these commands do after the packages have climbed, without a word of a phase. */
const LAST: Record<string, Moment> = { push: 'export', build: 'placing' };
/** The package whose product is placed. */
const PLACED = 'test.dough@r1';

/** The names in an entry change four times while it is published: too fast for events, so the disk is watched. */
async function untilChanged(entryDir: string, times: number): Promise<void> {
  const until = Date.now() + 500;
  let [before, changes] = [namesIn(entryDir), 0];
  while (changes < times && Date.now() < until) {
    await new Promise((resolve) => setImmediate(resolve));
    const names = namesIn(entryDir);
    if (names !== before) changes += 1;
    before = names;
  }
}

function namesIn(dir: string): string {
  try {
    return readdirSync(dir).join();
  } catch {
    return '';
  }
}

/** The installs of the loaves are one command each. */
function isBeforePublish({ package: label, phase }: EventOf<'command.finished'>): boolean {
  return phase === 'install' && label !== 'test.oven@r1';
}

/** What a run that was killed after these events was doing. */
export function momentsOf(events: readonly Event[]): Set<Moment> {
  const open = new Map<string, Moment>();
  const finished = new Set<string>();
  let last: Moment | undefined;
  for (const event of events) {
    if (event.type === 'run.started') last = LAST[event.command];
    if (event.type === 'phase.started') open.set(`${event.package} ${event.phase}`, event.phase as Moment);
    if (event.type === 'phase.finished' || event.type === 'phase.failed')
      open.delete(`${event.package} ${event.phase}`);
    if (event.type === 'command.finished' && isBeforePublish(event)) open.set(`${event.package} publish`, 'publish');
    if (event.type === 'entry.published') open.delete(`${event.package} publish`);
    if (event.type === 'package.finished') {
      finished.add(event.package);
      if (finished.size === PACKAGES) open.set('', last ?? 'ending');
      if (last === 'placing' && event.package === PLACED) open.set('', last);
    }
    if (event.type === 'run.finished') open.clear();
  }
  return new Set(open.values());
}
