// Moments of a run, as its events tell them: to wait for one, and to see which of them a killed run was in the middle of.
import type { Event } from '../../src/model/event.ts';
import { PHASES } from '../../src/model/phase.ts';
import type { Running } from './galley.ts';

/** The phases in which something happens, and two moments that are none: the publishing, and the end of a sync. */
export const MOMENTS = [
  ...PHASES.map(({ name }) => name).filter((name) => !['import', 'export', 'done'].includes(name)),
  'publish',
  'ending',
] as const;
export type Moment = (typeof MOMENTS)[number];

/** Waits until one of the runs comes to a moment; false when all of them ended before. */
export async function waitFor(moment: Moment, runs: readonly Running[]): Promise<boolean> {
  try {
    await Promise.any(runs.map((run) => comesTo(moment, run)));
    return true;
  } catch {
    return false;
  }
}

function comesTo(moment: Moment, run: Running): Promise<Event> {
  if (moment === 'publish') return run.event('command.finished', ({ phase }) => phase === 'install');
  if (moment === 'ending') return run.event('package.finished', ({ package: label }) => label === 'test.rice@r1');
  return run.event('phase.started', ({ phase }) => phase === moment);
}

/** What a run that was killed after these events was doing. */
export function momentsOf(events: readonly Event[]): Set<Moment> {
  const open = new Map<string, Moment>();
  for (const event of events) {
    if (event.type === 'phase.started') open.set(`${event.package} ${event.phase}`, event.phase as Moment);
    if (event.type === 'phase.finished' || event.type === 'phase.failed')
      open.delete(`${event.package} ${event.phase}`);
    if (event.type === 'command.finished' && event.phase === 'install') open.set(`${event.package} publish`, 'publish');
    if (event.type === 'entry.published' || event.type === 'entry.purged') open.delete(`${event.package} publish`);
    if (event.type === 'package.finished') open.set('ending', 'ending');
    if (event.type === 'run.finished') open.clear();
  }
  const doing = new Set(open.values());
  // Packages end while others still climb; only when none does, the run itself is ending.
  if (doing.size > 1) doing.delete('ending');
  return doing;
}
