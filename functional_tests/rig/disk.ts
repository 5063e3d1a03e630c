// What is on the disk, as plain values that a test can compare.
import { execFile } from 'node:child_process';
import { lstat, readdir, readFile, readlink, rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Project } from './project.ts';

/** Sorted; a directory that does not exist has none. */
export async function listNames(dir: string): Promise<string[]> {
  try {
    return (await readdir(dir)).sort();
  } catch {
    return [];
  }
}

/** Relative path → text of a file, `-> target` of a link; an empty directory ends in a slash. */
export async function readTree(dir: string, prefix = ''): Promise<Record<string, string>> {
  const tree: Record<string, string> = {};
  for (const name of await listNames(dir)) {
    const [file, relative] = [path.join(dir, name), `${prefix}${name}`];
    const stat = await lstat(file);
    if (stat.isSymbolicLink()) tree[relative] = `-> ${await readlink(file)}`;
    else if (!stat.isDirectory()) tree[relative] = await readFile(file, 'utf8');
    else if ((await listNames(file)).length === 0) tree[`${relative}/`] = '';
    else Object.assign(tree, await readTree(file, `${relative}/`));
  }
  return tree;
}

/** The directories of all entries of a recipe in the cache. */
export async function entriesOf({ cacheDir }: Project, identity: string): Promise<string[]> {
  const dir = path.join(cacheDir, 'assets', identity);
  return (await listNames(dir)).map((name) => path.join(dir, name));
}

/** The directory of the only entry of a recipe. */
export async function entryOf(project: Project, identity: string): Promise<string> {
  const [only, ...others] = await entriesOf(project, identity);
  if (only === undefined || others.length > 0)
    throw new Error(`${identity} has ${others.length + (only ? 1 : 0)} entries`);
  return only;
}

/** What the only entry of a recipe holds. */
export async function assetOf(project: Project, identity: string): Promise<Record<string, string>> {
  return readTree(path.join(await entryOf(project, identity), 'asset'));
}

/** The newest log of a recipe. */
export async function logOf({ cacheDir }: Project, identity: string): Promise<string> {
  const dir = path.join(cacheDir, 'logs', identity);
  return readFile(path.join(dir, (await listNames(dir)).at(-1) ?? 'no log'), 'utf8');
}

/** Assets are read-only directories, which nobody but root may empty. */
export async function removeAll(dir: string): Promise<void> {
  if (process.getuid?.() !== 0) await promisify(execFile)('chmod', ['-R', 'u+w', dir]);
  await rm(dir, { recursive: true, force: true });
}
