// One request carried out: the packages of the manifest join the graph, the asked ones climb to the top, and whatever
// becomes of them is awaited. The schedule itself is the ladder's.
import { Ladder, type LadderEvent } from '../ladder/ladder.ts';
import { type Manifest, type ManifestEntry, withIncluded } from '../model/manifest.ts';
import { PHASES, type Phase } from '../model/phase.ts';
import { supportsPlatform } from '../model/platform.ts';
import { Problems } from '../model/problems.ts';
import { locateError } from '../recipe/locate.ts';
import { defer } from '../system/clock.ts';
import { narrow } from '../system/parallel.ts';
import { randomUuid } from '../system/temporary.ts';
import { Bundles } from './bundles.ts';
import { finishEarly, tellFailure } from './finish.ts';
import { Graph } from './graph.ts';
import { Loader } from './load.ts';
import type { Package } from './package.ts';
import { findRefusals } from './refusals.ts';
import { shellPackages } from './shell.ts';
import { Turns } from './turns.ts';
import { request, Wiring } from './wiring.ts';
import type { Run } from './world.ts';

type RunParts = Pick<Run, 'world' | 'manifest' | 'pins' | 'records' | 'trees' | 'depots' | 'setup' | 'deploy'>;

/** A run with the manifest's packages in its graph; their recipes begin to load. */
export function startRun(parts: RunParts): Run {
  let commands = 0;
  const { world, manifest } = parts;
  const run: Run = {
    ...parts,
    graph: new Graph(),
    loader: new Loader(),
    bundles: new Bundles(),
    turns: new Turns(),
    rebuild: new Set(),
    finishing: [],
    invocation: randomUuid(),
    nextCommand: () => ++commands,
    ladder: new Ladder({
      // A package that fetches is being made, so what its later phases need is made meanwhile.
      rungs: PHASES.map((phase) => ({ ...phase, demandsAhead: phase.name === 'fetch' })),
      signal: world.signal,
      failFast: world.policy.failFast,
      defer,
      observe: (event) => tellBlocked(event, run),
    }),
    get wiring() {
      return wiring;
    },
  };
  const wiring = new Wiring(run);
  run.ladder.onQuiet('recipe', () => wiring.round());
  shellPackages(run);
  for (const each of withIncluded(manifest)) for (const entry of each.packages) wantEntry(entry, each, run);
  return run;
}

function wantEntry(entry: ManifestEntry, manifest: Manifest, run: Run): void {
  const { emit, platform } = run.world;
  if (!supportsPlatform(entry.platforms, platform)) {
    emit({ type: 'package.finished', package: entry.recipe, outcome: 'skipped', durationMs: 0 });
    return;
  }
  const pkg = request(run, entry, { file: manifest.file, path: ['packages', entry.index], scope: manifest });
  pkg.inManifest = true;
  for (const pair of entry.setup) pkg.selectedSetup.add(pair);
}

/** Waits until every recipe that can be loaded is, failed ones included. */
export async function loadAll(run: Run): Promise<void> {
  for (let known = 0; known < run.graph.all().length; ) {
    const packages = run.graph.all();
    known = packages.length;
    await Promise.allSettled(packages.map((pkg) => run.ladder.reach(pkg.id, 'recipe')));
  }
}

/**
 * More than any machine has work for; but each of them takes memory on its way, and an open file while its entry is
 * locked. What these need is not counted: whoever waits for a place waits for nobody who waits for one.
 */
const PACKAGES_AT_ONCE = 256;

/** Brings packages up their ladders, and waits until everything that was begun is left in order. */
export async function climb(packages: readonly Package[], run: Run, rung: Phase = 'done'): Promise<void> {
  await run.world.cache.sweep();
  const atOnce = narrow(PACKAGES_AT_ONCE);
  await Promise.all(
    packages.map(async (pkg) => {
      try {
        // What may be decided depends on all recipes, so those are waited for by nobody.
        await run.ladder.reach(pkg.id, 'recipe');
        await atOnce(() => run.ladder.reach(pkg.id, rung));
      } catch (error) {
        await tellRefusals(pkg, run);
        finishEarly(pkg, run, error);
      }
    }),
  );
  await run.ladder.idle();
  for (const pkg of neededBy(packages)) await tellRefusals(pkg, run);
  for (let awaited = 0; awaited < run.finishing.length; ) {
    awaited = run.finishing.length;
    await Promise.all(run.finishing);
  }
}

/** The packages and all they depend on, as far as that is known. */
function neededBy(packages: readonly Package[]): Set<Package> {
  const needed = new Set(packages);
  // A set that grows is walked to its new end.
  for (const { wires, prerequisites } of needed)
    for (const { target } of [...wires, ...prerequisites]) needed.add(target);
  return needed;
}

/**
 * Ends a package with what is refused about it, when it did not come to `resolve` because something it needs failed:
 * nobody wants to mend one error in each run.
 */
async function tellRefusals(pkg: Package, run: Run): Promise<void> {
  const isBlocked = pkg.loaded && !pkg.aliasOf && !pkg.finishing && pkg.key === undefined;
  const [first, ...rest] = isBlocked && !run.world.signal.aborted ? findRefusals(pkg, run) : [];
  if (!first) return;
  const error = await locateError(new Problems([first, ...rest]), run.world.files);
  await tellFailure(pkg, run, { phase: 'resolve', durationMs: 0, error });
  finishEarly(pkg, run, error);
}

function tellBlocked(event: LadderEvent<Phase>, { graph, world }: Run): void {
  if (event.type !== 'blocked') return;
  const on = event.on.map((id) => graph.get(id).label);
  world.emit({ type: 'phase.blocked', package: graph.get(event.key).label, phase: event.rung, on });
}
