// A project as a run needs it: its manifest, read strictly, its lock file, its own directory, and a world made of the
// services and the settings.
import path from 'node:path';
import { Lanes } from '../ladder/lanes.ts';
import { Failure } from '../model/failure.ts';
import type { LockFile } from '../model/lock-file.ts';
import type { Manifest } from '../model/manifest.ts';
import type { Settings } from '../model/settings.ts';
import { findManifest } from '../recipe/discover.ts';
import { osVersion } from '../system/host.ts';
import { Depots } from './depot/depots.ts';
import { startRun } from './engine.ts';
import { readLockFile } from './lock/file.ts';
import { readManifests } from './manifests.ts';
import { findOwnPaths } from './own-paths.ts';
import { type PinPolicy, Pins } from './pins.ts';
import { Records } from './records.ts';
import type { Services } from './services.ts';
import { Trees } from './trees.ts';
import type { Run, World } from './world.ts';

/** Downloads wait for the network, not for cores. */
const NETWORK_LANE = 8;

export interface Project {
  manifest: Manifest;
  world: World;
  settings: Settings;
  invocation: Services['invocation'];
  /** Absolute paths of the settings files that count for it, there or not. */
  settingsFiles: string[];
  lockFile: string;
  /** Those of them that were there when the project was opened. */
  openedWith: string[];
  /** `<project>/.galley`: what belongs to this checkout alone. */
  stateDir: string;
}

export async function openProject(services: Services, settings: Settings): Promise<Project> {
  const file = await realFile(settings.manifest ?? (await findManifest(services.cwd, services.files)), services);
  const world = await makeWorld(services, settings);
  const manifest = await readManifests(file, world);
  const { rootDir } = manifest;
  const [settingsFiles, lockFile] = [services.settingsFiles(file), path.join(rootDir, 'galley.lock')];
  const there = await Promise.all([...settingsFiles, lockFile].map((each) => world.files.exists(each)));
  return {
    manifest,
    world,
    settings,
    invocation: services.invocation,
    settingsFiles,
    lockFile,
    openedWith: [...settingsFiles, lockFile].filter((_, index) => there[index]),
    stateDir: path.join(rootDir, '.galley'),
  };
}

/** Real directories from the start: everything below is compared by its path, and confined by it. */
async function realFile(file: string, { files }: Services): Promise<string> {
  if (!(await files.exists(file))) throw notThere(file);
  return path.join(await files.realPath(path.dirname(file)), path.basename(file));
}

function notThere(file: string): Failure {
  return new Failure('MANIFEST_NOT_FOUND', `There is no manifest "${file}"`, {
    hint: 'Check --manifest, or run galley init to make one',
  });
}

/** Nothing but assets is made: the host stays as it is. */
export const ASSETS_ONLY = { setup: false, deploy: false };

export interface RunWish extends Pick<Run, 'setup' | 'deploy'>, Pick<PinPolicy, 'mustBeComplete' | 'moves'> {
  /** In place of what galley.lock says. */
  lock?: LockFile;
}

/** A fresh run over the project, as far as its lock file and records are now. */
export async function openRun(
  { manifest, world, settings, lockFile, stateDir }: Project,
  { setup, deploy, lock, ...wish }: RunWish,
): Promise<Run> {
  const pins = new Pins(lock ?? (await readLockFile(lockFile, world.files)), world.platform, {
    ...world.policy,
    ...wish,
    file: lockFile,
  });
  const records = await Records.open(world.files, stateDir);
  const ignored = await findOwnPaths(manifest, stateDir, world.files);
  const trees = await Trees.open(world, { stateDir, ignored });
  // Those of the person first: they are nearer, and whoever adds one wants it asked.
  const depots = new Depots(
    [...settings.depots, ...manifest.depots],
    [...settings.trustedKeys, ...manifest.trustedKeys],
    world,
  );
  return startRun({ world, manifest, pins, records, trees, depots, setup, deploy });
}

async function makeWorld(services: Services, settings: Settings): Promise<World> {
  const { version, platform, env, recipesDir, files, clock, emit, isLagging, signal } = services;
  const { jobs, offline, frozen, strict, failFast, builderId: builder } = settings;
  const [cache, fetcher, sandbox, unpackers] = await Promise.all([
    services.cache(settings),
    services.fetcher(settings),
    services.sandbox(),
    services.unpackers(),
  ]);
  return {
    ...{
      version,
      platform,
      env,
      recipesDir,
      files,
      clock,
      emit,
      isLagging,
      signal,
      cache,
      fetcher,
      sandbox,
      unpackers,
      jobs,
      builder,
    },
    osVersion: osVersion(),
    policy: { offline, frozen, strict, failFast },
    lanes: new Lanes({ network: NETWORK_LANE, cpu: jobs, terminal: 1 }),
  };
}
