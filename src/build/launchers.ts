// Product launchers of a checkout: names in `bin_dir` that start the real program and nothing else. A program is reached
// by a link, which costs nothing; a script by two lines of sh, as scripts look for their neighbours beside `$0`, and so is
// what lives outside the cache.
import path from 'node:path';
import type { Files } from '../system/files.ts';
import { productValue } from './dependencies.ts';
import { follow, type Package } from './package.ts';
import type { Project } from './project.ts';
import { quote } from './quote.ts';
import type { Run } from './world.ts';

/** Only launchers named here are ours to replace or remove. */
const RECORD = 'launchers.json';

/** A launcher as it is on disk: a link's target, or the text of a script. */
export type Launcher = { link: string } | { script: string };

/** Which launchers are ours: plain names, in a directory relative to the project. */
interface Record {
  bin_dir: string;
  names: string[];
}

/**
 * Brings `bin_dir` up to date: one launcher for each product of the manifest's packages that can be run. After a sync of
 * everything none is left for what is gone, nor in a directory that was `bin_dir` before.
 *
 * @returns whether every product has its launcher: where somebody else's file is, the next sync has to look again
 */
export async function writeLaunchers(project: Project, run: Run, isWhole: boolean): Promise<boolean> {
  const { manifest, stateDir, world } = project;
  const { files, emit } = world;
  const before = await readRecord(project);
  const ours = before.bin_dir === binDirOf(project) ? before.names : [];
  const wanted = await plan(run);
  const isFree = await leaveForeign(wanted, ours, project);
  const gone = isWhole ? before.names.filter((name) => ours.length === 0 || !wanted.has(name)) : [];
  if (wanted.size === 0 && gone.length === 0) return isFree;
  await files.ensureDir(stateDir);
  for (const name of gone) {
    const file = path.join(manifest.rootDir, before.bin_dir, name);
    await files.removeTree(file);
    emit({ type: 'launcher.removed', product: name, file });
  }
  const names = new Set([...wanted.keys(), ...(isWhole ? [] : ours)]);
  // Named before they are there: one that a crash leaves is still known to be ours.
  await writeRecord(project, [...names].sort());
  await files.ensureDir(manifest.binDir);
  for (const [name, launcher] of wanted) {
    const file = path.join(manifest.binDir, name);
    if (await isThere(file, launcher, files)) continue;
    await place(file, launcher, files);
    emit({ type: 'launcher.written', product: name, file });
  }
  return isFree;
}

/**
 * Takes the names out of the plan that somebody else's files have: they are neither replaced now nor removed later.
 *
 * @returns whether there were none
 */
async function leaveForeign(
  wanted: Map<string, Launcher>,
  ours: string[],
  { manifest, world }: Project,
): Promise<boolean> {
  const { files, emit } = world;
  const planned = wanted.size;
  for (const [name, launcher] of wanted) {
    const file = path.join(manifest.binDir, name);
    if (ours.includes(name) || !(await files.exists(file)) || (await isThere(file, launcher, files))) continue;
    wanted.delete(name);
    const text = `"${file}" was not made by galley, so product "${name}" gets no launcher`;
    emit({ type: 'log.message', level: 'warn', text });
  }
  return wanted.size === planned;
}

/** The files of the launchers that are there. */
export async function launcherFiles(project: Project): Promise<string[]> {
  const { bin_dir, names } = await readRecord(project);
  return names.map((name) => path.join(project.manifest.rootDir, bin_dir, name));
}

/** Product → its launcher, for all that are programs on this machine. */
async function plan(run: Run): Promise<Map<string, Launcher>> {
  const wanted = new Map<string, Launcher>();
  for (const [name, pkg] of run.graph.products()) {
    // What only a build needed is not there when that build was in the cache.
    const launcher = pkg.inManifest ? await launcherOf(name, pkg, run) : undefined;
    if (launcher) wanted.set(name, launcher);
  }
  return wanted;
}

async function launcherOf(name: string, pkg: Package, { manifest, world }: Run): Promise<Launcher | undefined> {
  if (pkg.error !== undefined || pkg.outcome === undefined) return undefined;
  const { files } = world;
  const value = productValue(pkg, name);
  // What a wrapper names may be any text; as in a shell, one with a slash is a path. What it wraps may be in the project.
  if (!value.includes('/')) return undefined;
  const target = path.resolve(manifest.rootDir, value);
  if (!(await files.exists(target))) return undefined;
  const { kind, mode } = await files.statTarget(target);
  if (kind !== 'file' || (mode & 0o111) === 0) return undefined;
  const isLinked = isOurs(pkg) && !(await isScript(target, files));
  return isLinked ? { link: target } : { script: `#!/bin/sh\nexec ${quote(target)} "$@"\n` };
}

/** What lives outside the cache may look for its neighbours beside the name by which it was called, as the Python of a venv does. */
function isOurs(pkg: Package): boolean {
  return follow(pkg).asset !== undefined;
}

async function isScript(file: string, files: Files): Promise<boolean> {
  await using handle = await files.openRead(file);
  const { bytesRead, buffer } = await handle.read({ buffer: Buffer.alloc(2), length: 2 });
  return bytesRead === 2 && buffer.toString('latin1') === '#!';
}

async function isThere(file: string, launcher: Launcher, files: Files): Promise<boolean> {
  const stat = await files.findStat(file);
  if ('link' in launcher) return stat?.kind === 'link' && (await files.readLink(file)) === launcher.link;
  return stat?.kind === 'file' && (await files.findText(file)) === launcher.script;
}

/** Under another name first: whoever runs the old one meanwhile meets the old or the new, never nothing. */
async function place(file: string, launcher: Launcher, files: Files): Promise<void> {
  if ('script' in launcher) {
    if ((await files.findStat(file))?.kind === 'link') await files.unlink(file);
    await files.writeAtomic(file, launcher.script, { mode: 0o755 });
    return;
  }
  const temporary = `${file}.galley-new`;
  await files.removeTree(temporary);
  await files.symlink(launcher.link, temporary);
  await files.rename(temporary, file);
}

function binDirOf({ manifest }: Project): string {
  return path.relative(manifest.rootDir, manifest.binDir);
}

async function writeRecord(project: Project, names: string[]): Promise<void> {
  const record: Record = { bin_dir: binDirOf(project), names };
  await project.world.files.writeIfChanged(path.join(project.stateDir, RECORD), `${JSON.stringify(record)}\n`);
}

/** Whatever the file says, it can only name files inside the project: somebody may have checked one in. */
async function readRecord({ stateDir, world }: Project): Promise<Record> {
  const text = await world.files.findText(path.join(stateDir, RECORD));
  try {
    const record = JSON.parse(text ?? '{}') as Partial<Record>;
    const { bin_dir = '', names = [] } = record;
    const isInside = !path.isAbsolute(bin_dir) && !bin_dir.split(path.sep).includes('..');
    return { bin_dir, names: isInside ? names.filter((name) => name !== '..' && path.basename(name) === name) : [] };
  } catch {
    return { bin_dir: '', names: [] };
  }
}
