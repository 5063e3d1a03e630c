// Care for a cache: what is in it, who wants it kept, and what goes. Every removal, of everything that may be in use,
// comes through here.
import type { Clock } from '../system/clock.ts';
import { unlessMissing } from '../system/errno.ts';
import type { Files } from '../system/files.ts';
import { type CollectPolicy, choose, findNeeded, withUses } from './choose.ts';
import { type CollectorParts, type Removal, removeUnused } from './collect.ts';
import { type Holding, listHoldings } from './holdings.ts';
import { type Inspected, inspect } from './inspect.ts';
import type { Layout } from './layout.ts';
import { listProjects, type ProjectState } from './projects.ts';
import type { Use } from './use.ts';

/** A cache at one moment. */
export interface CacheSurvey {
  holdings: Holding[];
  projects: ProjectState[];
  /** Names of all that projects want kept. */
  needed: ReadonlySet<string>;
}

export interface Collection extends Removal {
  /** What the policy says shall go, the biggest first; only some of it is gone when others use the rest. */
  chosen: Holding[];
  survey: CacheSurvey;
}

export interface Care {
  survey(): Promise<CacheSurvey>;
  /** Removes what a policy says, but for what is in use. */
  collect(policy: CollectPolicy, options: { dryRun: boolean }): Promise<Collection>;
  /**
   * Reads assets, downloads and recipes again. They are in use by this process until its cache is closed.
   *
   * @param onInspected told for each, as they are done
   */
  inspect(holdings: readonly Holding[], onInspected: (inspected: Inspected) => void): Promise<Inspected[]>;
  /** Removes certain holdings, but for what is in use; that a project wants them is no reason to keep them. */
  remove(holdings: readonly Holding[]): Promise<Removal>;
}

export interface CareParts extends Pick<CollectorParts, 'shutGate' | 'signal'> {
  files: Files;
  layout: Layout;
  clock: Clock;
  use: Use;
  /** Clears away after the dead: what they were at is no longer in use. */
  sweep(): Promise<void>;
}

export function createCare(parts: CareParts): Care {
  const { files, clock, sweep } = parts;
  const nobody: ReadonlySet<string> = new Set();

  async function survey(): Promise<CacheSurvey> {
    const projects = await listProjects(parts, clock.now());
    const holdings = withUses(await listHoldings(parts), projects);
    return { holdings, projects, needed: findNeeded(holdings, projects) };
  }

  return {
    survey,

    async collect(policy, { dryRun }) {
      if (!dryRun) await sweep();
      const found = await survey();
      const { holdings } = found;
      const chosen = choose(holdings, found.needed, policy, clock.now());
      if (dryRun) return { chosen, survey: found, removed: [], kept: [] };
      // Asked again behind the gate: a run that has ended since has handed on what it used.
      const needed = async () =>
        policy.ignoresProjects ? nobody : findNeeded(holdings, await listProjects(parts, clock.now()));
      const removal = await removeUnused(chosen, { ...parts, needed });
      await forgetProjects(found.projects, remaining(holdings, removal), files);
      return { chosen, survey: found, ...removal };
    },

    inspect: (holdings, onInspected) => inspect(holdings, parts, onInspected),

    async remove(holdings) {
      await sweep();
      return await removeUnused(holdings, { ...parts, needed: async () => nobody });
    },
  };
}

function remaining(holdings: readonly Holding[], { removed }: Removal): Set<string> {
  const gone = new Set(removed.map(({ path }) => path));
  return new Set(holdings.filter(({ path }) => !gone.has(path)).map(({ unit }) => unit));
}

/** A project that is gone is remembered as long as there is something of it whose last use it tells. */
async function forgetProjects(projects: readonly ProjectState[], there: ReadonlySet<string>, files: Files) {
  const forgotten = projects.filter(({ state, names }) => state === 'gone' && !names.some((name) => there.has(name)));
  for (const { file } of forgotten) await unlessMissing(files.unlink(file));
}
