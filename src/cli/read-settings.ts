// Collects the sources of settings from this machine: the files, the variables and what follows from the host.
import path from 'node:path';
import { isFailure } from '../model/failure.ts';
import { OUTPUT_STRATEGIES, type Settings } from '../model/settings.ts';
import { findManifest } from '../recipe/discover.ts';
import type { Files } from '../system/files.ts';
import { coreCount, userCacheDir } from '../system/host.ts';
import { type ResolvedSettings, resolveSettings, type SettingSources } from './settings.ts';
import { projectSettingsFile, readSettingsFile, userSettingsFile } from './settings-file.ts';

export interface Surroundings {
  env: Readonly<Record<string, string | undefined>>;
  cwd: string;
  files: Files;
}

/** @throws Failure SETTING_INVALID */
export async function readSettings(
  flags: SettingSources['flags'],
  { env, cwd, files }: Surroundings,
): Promise<ResolvedSettings> {
  const defaults = defaultSettings({ env });
  const sources = { flags, env, cwd, defaults };
  // The manifest alone can come from a flag or a variable only, so it is known before any file is read.
  const manifest = resolveSettings(sources).settings.manifest ?? (await findNearestManifest(cwd, files));
  const userFile = userSettingsFile(env);
  const [project, user] = await Promise.all([
    manifest === undefined ? undefined : readSettingsFile(projectSettingsFile(manifest), files),
    userFile === undefined ? undefined : readSettingsFile(userFile, files),
  ]);
  return resolveSettings({ ...sources, defaults: { ...defaults, manifest }, project, user });
}

export function defaultSettings({ env }: Pick<Surroundings, 'env'>): Settings {
  return {
    manifest: undefined,
    cacheRoot: path.join(userCacheDir(env), 'galley'),
    jobs: coreCount(),
    reporter: 'auto',
    quiet: false,
    verbose: false,
    trace: undefined,
    profile: undefined,
    summary: [],
    color: 'auto',
    offline: false,
    fetchTimeout: 30,
    frozen: Boolean(env.CI) && env.CI !== 'false',
    strict: false,
    failFast: false,
    depots: [],
    trustedKeys: [],
    dryRun: false,
    yes: false,
    outputStrategy: [...OUTPUT_STRATEGIES],
    copyRetries: 3,
    copyTimeout: 30,
    verifyCopy: true,
    builderId: 'galley:builder/local',
    signKey: undefined,
    mirrors: [],
    tokens: [],
  };
}

/** No manifest is no problem here: `version` and `cache info` need none. */
async function findNearestManifest(cwd: string, files: Files): Promise<string | undefined> {
  try {
    return await findManifest(cwd, files);
  } catch (error) {
    if (isFailure(error, 'MANIFEST_NOT_FOUND')) return undefined;
    throw error;
  }
}
