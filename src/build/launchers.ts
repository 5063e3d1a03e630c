// Product launchers of a checkout: names in `bin_dir` that start the real program and nothing else. A program is reached
// by a link, which costs nothing; a script by two lines of sh, as scripts look for their neighbours beside `$0`.
import path from 'node:path';
import type { Json } from '../model/json.ts';
import type { Files } from '../system/files.ts';
import { productValue } from './dependencies.ts';
import type { Package } from './package.ts';
import type { Project } from './project.ts';
import type { Run } from './world.ts';

/** Only launchers named here are ours to replace or remove. */
const RECORD = 'launchers.json';

/** A launcher as it is on disk: a link's target, or the text of a script. */
export type Launcher = { link: string } | { script: string };

/** Brings `bin_dir` up to date: one launcher for each product that can be run, none for what is gone. */
export async function writeLaunchers(project: Project, run: Run): Promise<void> {
  const { manifest, stateDir, world } = project;
  const { files, emit } = world;
  const record = path.join(stateDir, RECORD);
  const before = await readRecord(record, files);
  const wanted = await plan(run);
  if (wanted.size === 0 && before.length === 0) return;
  await files.ensureDir(stateDir);
  await files.ensureDir(manifest.binDir);
  for (const name of before) {
    if (wanted.has(name)) continue;
    const file = path.join(manifest.binDir, name);
    await files.removeTree(file);
    emit({ type: 'launcher.removed', product: name, file });
  }
  await leaveForeign(wanted, before, project);
  // Named before they are there: one that a crash leaves is still known to be ours.
  await files.writeIfChanged(record, `${JSON.stringify([...wanted.keys()].sort())}\n`);
  for (const [name, launcher] of wanted) {
    const file = path.join(manifest.binDir, name);
    if (await isThere(file, launcher, files)) continue;
    await place(file, launcher, files);
    emit({ type: 'launcher.written', product: name, file });
  }
}

/** Takes the names out of the plan that somebody else's files have: they are neither replaced now nor removed later. */
async function leaveForeign(
  wanted: Map<string, Launcher>,
  ours: string[],
  { manifest, world }: Project,
): Promise<void> {
  const { files, emit } = world;
  for (const [name, launcher] of wanted) {
    const file = path.join(manifest.binDir, name);
    if (ours.includes(name) || !(await files.exists(file)) || (await isThere(file, launcher, files))) continue;
    wanted.delete(name);
    const text = `"${file}" was not made by galley, so product "${name}" gets no launcher`;
    emit({ type: 'log.message', level: 'warn', text });
  }
}

/** The files of the launchers that are there. */
export async function launcherFiles({ manifest, stateDir, world }: Project): Promise<string[]> {
  return (await readRecord(path.join(stateDir, RECORD), world.files)).map((name) => path.join(manifest.binDir, name));
}

/** Product → its launcher, for all that are programs on this machine. */
async function plan(run: Run): Promise<Map<string, Launcher>> {
  const wanted = new Map<string, Launcher>();
  for (const [name, pkg] of run.graph.products()) {
    const launcher = await launcherOf(name, pkg, run.world.files);
    if (launcher) wanted.set(name, launcher);
  }
  return wanted;
}

async function launcherOf(name: string, pkg: Package, files: Files): Promise<Launcher | undefined> {
  if (pkg.error !== undefined || pkg.outcome === undefined) return undefined;
  const target = productValue(pkg, name);
  if (!path.isAbsolute(target) || !(await files.exists(target))) return undefined;
  const { kind, mode } = await files.statTarget(target);
  if (kind !== 'file' || (mode & 0o111) === 0) return undefined;
  return (await isScript(target, files)) ? { script: `#!/bin/sh\nexec ${quote(target)} "$@"\n` } : { link: target };
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

async function readRecord(file: string, files: Files): Promise<string[]> {
  const text = await files.findText(file);
  try {
    const names = JSON.parse(text ?? '[]') as Json;
    // Whatever is in the file, only plain names can lead to files of bin_dir.
    return Array.isArray(names)
      ? names.filter((name): name is string => typeof name === 'string' && path.basename(name) === name)
      : [];
  } catch {
    return [];
  }
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
