// Writes the saved resolution after a sync that left everything up to date. A run of which a part has to be repeated
// every time – a check, a setup pair, a programmatic package – is not saved.
import path from 'node:path';
import { withIncluded } from '../model/manifest.ts';
import { unlessMissing } from '../system/errno.ts';
import { findChangeMs, findLinkSync, findStamp } from '../system/stamp.ts';
import { entryRef } from './keying.ts';
import { launcherFiles } from './launchers.ts';
import { loadedOf, type Package } from './package.ts';
import type { Project } from './project.ts';
import { recipeFiles } from './recipe-files.ts';
import { rosterFiles } from './roster.ts';
import { isSetting, SAVED_FILE, SAVED_SCHEMA, type SavedResolution } from './saved.ts';
import { saveForShell } from './saved-for-shell.ts';
import type { Run } from './world.ts';

/** Time stamps of files lag the clock by up to a tick of the kernel. */
const TICK_MS = 10;

/**
 * @param facts.startedAt when the run began to read, in epoch milliseconds
 * @param facts.lease the file by which the cache knows the project
 */
export async function saveResolution(
  project: Project,
  run: Run,
  { startedAt, lease }: { startedAt: number; lease: string | undefined },
): Promise<void> {
  const packages = run.graph.all().filter((pkg) => !pkg.aliasOf);
  // A lock file that this run has written changed after it began; the next run meets it as it is.
  if (!isPlain(project) || run.pins.changes(true).length > 0 || !packages.every((pkg) => isLasting(pkg))) return;
  const inputs = await inputsOf(packages, project, run);
  // A file that changed since the run began may have been read before or after: the next run reads it again.
  const isSettled = (file: string): boolean => (findChangeMs(file) ?? 0) < startedAt - TICK_MS;
  if (!inputs.read.every(isSettled)) return;
  const launchers = await launcherFiles(project);
  const scripts = launchers.filter((file) => findLinkSync(file) === undefined);
  const saved: SavedResolution = {
    schema: SAVED_SCHEMA,
    version: run.world.version,
    invocation: { argv: project.invocation.argv, cwd: project.invocation.cwd },
    env: environmentOf(packages, run),
    stamps: stampAll([...inputs.read, ...scripts, ...(await rosterFiles(project))]),
    absent: inputs.absent,
    assets: stampAll(packages.flatMap((pkg) => assetFiles(pkg, run))),
    links: Object.fromEntries(launchers.flatMap((file) => linkOf(file))),
    ...(lease === undefined ? {} : { lease }),
    summary: project.settings.quiet ? '' : `${summaryOf(packages)}\n`,
  };
  await run.world.files.ensureDir(project.stateDir);
  const file = path.join(project.manifest.rootDir, SAVED_FILE);
  await run.world.files.writeIfChanged(file, `${JSON.stringify(saved)}\n`);
  await saveForShell(project, saved, file);
}

/** Whether it was a sync of which, without work, one line is all there is to say. */
function isPlain({ invocation, settings }: Project): boolean {
  const { reporter, verbose, trace, profile } = settings;
  const isRecorded = trace !== undefined || profile !== undefined;
  return invocation.isBrief && (reporter === 'auto' || reporter === 'plain') && !verbose && !isRecorded;
}

/** Whether a package stays as it is until an input changes. */
function isLasting(pkg: Package): boolean {
  if (pkg.skipped) return true;
  if (pkg.loaded?.recipe.deprecated || pkg.selectedSetup.size > 0) return false;
  // Not demanded by anybody, as what would have needed it was in the cache.
  if (pkg.outcome === undefined) return pkg.error === undefined && pkg.loaded?.recipe.check === undefined;
  return pkg.outcome === 'built' || pkg.outcome === 'cached';
}

/** Files and directories that the result depends on, and those that must stay away. */
async function inputsOf(
  packages: readonly Package[],
  { manifest, settingsFiles, lockFile }: Project,
  run: Run,
): Promise<{ read: string[]; absent: string[] }> {
  const { files } = run.world;
  const scopes = withIncluded(manifest);
  const read = new Set<string>([
    ...scopes.flatMap((scope) => scope.files),
    ...run.bundles.files,
    ...(await run.trees.looked()),
  ]);
  const absent = new Set<string>();
  for (const file of [...settingsFiles, lockFile, ...scopes.flatMap((scope) => scope.recipeRoots)]) {
    ((await files.exists(file)) ? read : absent).add(file);
  }
  for (const pkg of packages) {
    for (const file of await recipeFiles(loadedOf(pkg).recipe, files)) read.add(file);
  }
  for (const pkg of run.graph.all()) for (const candidate of await shadowsOf(pkg, run)) absent.add(candidate);
  // A stamp is that of a link itself: what it leads to counts as well.
  const real = await Promise.all([...read].map((file) => unlessMissing(files.realPath(file))));
  return { read: [...new Set([...read, ...real.filter((file) => file !== undefined)])], absent: [...absent] };
}

/** Where the recipe would have been looked for before it was found. */
async function shadowsOf({ request, loaded, origin }: Package, { world }: Run): Promise<string[]> {
  if (request.source !== undefined || loaded === undefined) return [];
  const shadows: string[] = [];
  for (const root of origin.scope.recipeRoots) {
    if (!(await world.files.exists(root))) continue;
    const real = await world.files.realPath(root);
    for (const name of [`${request.recipe}.js`, path.join(request.recipe, 'recipe.js')]) {
      if (path.join(real, name) === loaded.recipe.file) return shadows;
      shadows.push(path.join(root, name));
    }
  }
  return shadows;
}

function environmentOf(packages: readonly Package[], { world: { env } }: Run): Record<string, string | null> {
  const names = [...Object.keys(env).filter(isSetting), ...packages.flatMap((pkg) => pkg.loaded?.recipe.env ?? [])];
  return Object.fromEntries([...new Set(names)].sort().map((name) => [name, env[name] ?? null]));
}

function assetFiles(pkg: Package, run: Run): string[] {
  if (!pkg.asset) return [];
  return [run.world.cache.layout.entry(entryRef(pkg, run)).markerFile, pkg.asset.assetDir];
}

function stampAll(files: readonly string[]): Record<string, string> {
  return Object.fromEntries(files.map((file) => [file, findStamp(file) ?? 'gone']));
}

function summaryOf(packages: readonly Package[]): string {
  const count = packages.filter((pkg) => pkg.asset).length;
  return `galley: ${count} ${count === 1 ? 'package' : 'packages'} up to date`;
}

function linkOf(file: string): [string, string][] {
  const target = findLinkSync(file);
  return target === undefined ? [] : [[file, target]];
}
