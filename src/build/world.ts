// What the engine works with, handed in by the composition root; and the run of one request, handed to every step.
import type { Cache } from '../cache/cache.ts';
import type { Fetcher } from '../fetch/fetcher.ts';
import type { Ladder } from '../ladder/ladder.ts';
import type { Lanes } from '../ladder/lanes.ts';
import type { Emit } from '../model/event.ts';
import type { Manifest, Shell } from '../model/manifest.ts';
import type { Phase } from '../model/phase.ts';
import type { Platform } from '../model/platform.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import type { Clock } from '../system/clock.ts';
import type { Files } from '../system/files.ts';
import type { Bundles } from './bundles.ts';
import type { Delivery } from './depot/delivery.ts';
import type { Depots } from './depot/depots.ts';
import type { Graph } from './graph.ts';
import type { Loader } from './load.ts';
import type { Package } from './package.ts';
import type { Pins } from './pins.ts';
import type { Records } from './records.ts';
import type { Trees } from './trees.ts';
import type { Turns } from './turns.ts';
import type { Unpackers } from './unpacking/offload.ts';
import type { Wiring } from './wiring.ts';

/** How strictly a run treats what is not pinned, reachable or fine. */
export interface Policy {
  offline: boolean;
  /** galley.lock may not change. */
  frozen: boolean;
  /** Every source must be pinned. */
  strict: boolean;
  failFast: boolean;
  /** Nothing is fetched to learn a key: for those who only want to see what there is. */
  onlyLooks?: boolean;
  /** More than a look: recipes are fetched to be evaluated. Nothing of a package runs, it may be for another platform. */
  onlyEvaluates?: boolean;
}

export interface World {
  version: string;
  /** `builder_id`: what provenance calls us. */
  builder: string;
  platform: Platform;
  osVersion: string;
  /** What `GALLEY_JOBS` says and how many `cpu` steps run at once. */
  jobs: number;
  /** Environment of this process, taken once. */
  env: Readonly<Record<string, string | undefined>>;
  /** Directory of the recipes that ship with galley. */
  recipesDir: string;
  policy: Policy;
  files: Files;
  clock: Clock;
  cache: Cache;
  fetcher: Fetcher;
  sandbox: Sandbox;
  unpackers: Unpackers;
  lanes: Lanes;
  emit: Emit;
  /** True while those who read the events cannot keep up with them. */
  isLagging: () => boolean;
  signal: AbortSignal;
}

/** One request being carried out. */
export interface Run {
  readonly world: World;
  readonly manifest: Manifest;
  readonly graph: Graph;
  readonly ladder: Ladder<Phase>;
  readonly loader: Loader;
  /** The order in which recipes of this machine join the graph. */
  readonly turns: Turns;
  readonly wiring: Wiring;
  readonly bundles: Bundles;
  readonly pins: Pins;
  readonly records: Records;
  readonly trees: Trees;
  readonly depots: Depots;
  /** Whether setup pairs run. */
  readonly setup: boolean;
  /** Whether deploy verbs run. */
  readonly deploy: boolean;
  /** The packages that go to a depot. Only of those that somebody named it is a failure when one cannot. */
  exported?: { delivery: Delivery; packages: ReadonlySet<Package>; isNamed: boolean };
  /** Packages that are made again though the cache has them; whoever is asked for may be added before the climb. */
  readonly rebuild: Set<Package>;
  /** The ends of all packages that were demanded. */
  readonly finishing: Promise<void>[];
  /** Unlike that of any other run. */
  readonly invocation: string;
  /** Numbers the commands of this run. */
  nextCommand(): number;
  /** The evaluated default shell, once somebody needed it. */
  shell?: Promise<Shell>;
}
