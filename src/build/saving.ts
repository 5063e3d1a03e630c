// Writes the saved resolution after a sync that left everything up to date. A run of which a part has to be repeated
// every time – a check, a setup pair, a programmatic package – is not saved.
import path from 'node:path';
import { isFailure } from '../model/failure.ts';
import { unlessMissing } from '../system/errno.ts';
import { MACHINE } from '../system/machine.ts';
import { findLinkSync, findStamp, isSettled } from '../system/stamp.ts';
import { inputsOf } from './inputs.ts';
import { entryRef } from './keying.ts';
import { launcherFiles } from './launchers.ts';
import type { Package } from './package.ts';
import type { Project } from './project.ts';
import { rosterFiles } from './roster.ts';
import { isSetting, SAVED_FILE, SAVED_SCHEMA, type SavedResolution } from './saved.ts';
import { saveForShell } from './saved-for-shell.ts';
import type { Run } from './world.ts';

/**
 * Before anything is changed that a sync leaves: what was saved does not count any more, also for the shell.
 *
 * @returns false where nobody can write: there it still counts
 */
export async function forgetResolution({ manifest, world }: Project): Promise<boolean> {
  const { files, emit } = world;
  const file = path.join(manifest.rootDir, SAVED_FILE);
  try {
    if (!(await files.exists(file))) return true;
    await unlessMissing(files.unlink(file));
    // A deploy that survives a crash must not meet it again.
    await files.fsyncDir(path.dirname(file));
    return true;
  } catch (error) {
    if (!isFailure(error, 'IO_ERROR')) throw error;
    const text = `What the last sync has saved still counts: ${error.message}`;
    emit({ type: 'log.message', level: 'debug', text });
    return false;
  }
}

/**
 * @param lease the file by which the cache knows the project
 * @returns whether it was saved
 */
export async function saveResolution(project: Project, run: Run, lease: string | undefined): Promise<boolean> {
  const packages = run.graph.all().filter((pkg) => !pkg.aliasOf);
  // A lock file that this run has written changed after it began; the next run meets it as it is.
  if (!isPlain(project) || run.pins.changes(true).length > 0 || !packages.every((pkg) => isLasting(pkg))) return false;
  const { invocation } = project;
  const inputs = await inputsOf(packages, project, run);
  const read = stampAll(inputs.read);
  // What changed since the run began may have been read before or after: the next run reads it again. It is the stamps
  // to be saved that tell so, as a file may change at any moment.
  if (!Object.values(read).every((stamp) => stamp !== GONE && isSettled(stamp, invocation.startedAt))) return false;
  const launchers = await launcherFiles(project);
  const scripts = launchers.filter((file) => findLinkSync(file) === undefined);
  const saved: SavedResolution = {
    schema: SAVED_SCHEMA,
    version: run.world.version,
    machine: MACHINE,
    invocation: { argv: invocation.argv, cwd: invocation.cwd },
    env: environmentOf(packages, run),
    stamps: { ...read, ...stampAll([...scripts, ...(await rosterFiles(project))]) },
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
  return true;
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

function environmentOf(packages: readonly Package[], { world: { env } }: Run): Record<string, string | null> {
  const names = [...Object.keys(env).filter(isSetting), ...packages.flatMap((pkg) => pkg.loaded?.recipe.env ?? [])];
  return Object.fromEntries([...new Set(names)].sort().map((name) => [name, env[name] ?? null]));
}

function assetFiles(pkg: Package, run: Run): string[] {
  if (!pkg.asset) return [];
  return [run.world.cache.layout.entry(entryRef(pkg, run)).markerFile, pkg.asset.assetDir];
}

/** No stamp: whatever is there later is something else. */
const GONE = 'gone';

function stampAll(files: readonly string[]): Record<string, string> {
  return Object.fromEntries(files.map((file) => [file, findStamp(file) ?? GONE]));
}

function summaryOf(packages: readonly Package[]): string {
  const count = packages.filter((pkg) => pkg.asset).length;
  return `galley: ${count} ${count === 1 ? 'package' : 'packages'} up to date`;
}

function linkOf(file: string): [string, string][] {
  const target = findLinkSync(file);
  return target === undefined ? [] : [[file, target]];
}
