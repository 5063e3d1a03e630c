// One launcher: what it is on disk, which one a product needs, and how one is told from any other file. Knows nothing of
// what was placed before.
import path from 'node:path';
import { leadsIntoEntry } from '../cache/layout.ts';
import type { Files } from '../system/files.ts';
import { isTemporaryName, temporaryName } from '../system/temporary.ts';
import { productValue } from './dependencies.ts';
import { follow, type Package } from './package.ts';
import { quote } from './quote.ts';
import type { Run } from './world.ts';

/** A launcher as it is on disk: a link's target, or the text of a script. */
export type Launcher = { link: string } | { script: string };

/** A path of 4,096 bytes, each of them quoted, is a quarter of it. */
const LARGEST_BYTES = 64 * 1024;

/** Product → its launcher, for all that are programs on this machine. */
export async function planLaunchers(run: Run): Promise<Map<string, Launcher>> {
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
  const isLinked = isOfCache(pkg) && !(await isScript(target, files));
  return isLinked ? { link: target } : { script: `#!/bin/sh\nexec ${quote(target)} "$@"\n` };
}

/** What lives outside the cache may look for its neighbours beside the name by which it was called, as the Python of a venv does. */
function isOfCache(pkg: Package): boolean {
  return follow(pkg).asset !== undefined;
}

async function isScript(file: string, files: Files): Promise<boolean> {
  await using handle = await files.openRead(file);
  const { bytesRead, buffer } = await handle.read({ buffer: Buffer.alloc(2), length: 2 });
  return bytesRead === 2 && buffer.toString('latin1') === '#!';
}

/** What is at a path, seen as a launcher; `other` when it cannot be one. Undefined when nothing is there. */
export async function findLauncher(file: string, files: Files): Promise<Launcher | 'other' | undefined> {
  const stat = await files.findStat(file);
  if (stat?.kind === 'link') return { link: await files.readLink(file) };
  if (stat?.kind === 'file' && stat.sizeBytes <= LARGEST_BYTES) return { script: await files.readText(file) };
  return stat && 'other';
}

export function isSameLauncher(one: Launcher, other: Launcher): boolean {
  if ('link' in one) return 'link' in other && one.link === other.link;
  return 'script' in other && one.script === other.script;
}

/** Whether it has a form that we give: a record that somebody made up can be about nothing else. */
export function hasForm(launcher: Launcher): boolean {
  if ('link' in launcher) return leadsIntoEntry(launcher.link);
  return /^#!\/bin\/sh\nexec '(?:[^']|'\\'')*' "\$@"\n$/.test(launcher.script);
}

/** Removes what a process that died has left of launchers of these names; whoever places them holds the lock. */
export async function removeLeftovers(dir: string, names: readonly string[], files: Files): Promise<void> {
  for (const other of await files.list(dir)) {
    if (!names.some((name) => isTemporaryName(other, name))) continue;
    const found = await findLauncher(path.join(dir, other), files);
    if (found !== undefined && found !== 'other' && hasForm(found)) await files.unlink(path.join(dir, other));
  }
}

/** Under another name first: whoever runs the old one meanwhile meets the old or the new, never nothing. */
export async function placeLauncher(file: string, launcher: Launcher, files: Files): Promise<void> {
  if ('script' in launcher) return await files.writeAtomic(file, launcher.script, { mode: 0o755 });
  const temporary = path.join(path.dirname(file), temporaryName(path.basename(file)));
  await files.symlink(launcher.link, temporary);
  try {
    await files.rename(temporary, file);
  } catch (error) {
    await files.unlink(temporary);
    throw error;
  }
}
