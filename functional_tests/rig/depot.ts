// Depots as their files are, for tests that look into them and for those that poison them; and a second machine that has
// nothing in common with the first but the project and a depot.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import { expect, onTestFinished } from 'vitest';
import type { ArchivedEntry } from '../../src/model/archived-entry.ts';
import type { DepotEntry, DepotSignature } from '../../src/model/depot.ts';
import { findLeftovers } from './leftovers.ts';
import type { Project } from './project.ts';
import { type Item, tarOfItems } from './tar.ts';

export type { Item };

/** The same project over another cache, whose path has another length. */
export function anotherMachine(project: Project, name = 'machine', { expectTidy = true } = {}): Project {
  const other = { ...project, cacheDir: path.join(project.rootDir, name, 'cache-of-another-machine') };
  onTestFinished(async ({ task }) => {
    if (task.result?.state === 'pass' && expectTidy) expect(await findLeftovers(other), `left on ${name}`).toEqual([]);
  });
  return other;
}

export interface Index {
  schema: number;
  entries: DepotEntry[];
  signatures: DepotSignature[];
}

export function readIndex(dir: string): Index {
  return JSON.parse(readFileSync(path.join(dir, 'galley-depot.json'), 'utf8')) as Index;
}

export function writeIndex(dir: string, index: Index): void {
  writeFileSync(path.join(dir, 'galley-depot.json'), `${JSON.stringify(index)}\n`);
}

/** The entry of a package. */
export function entryIn(dir: string, identity: string): DepotEntry {
  const found = readIndex(dir).entries.find((entry) => entry.identity === identity);
  if (!found) throw new Error(`${dir} has no ${identity}`);
  return found;
}

/** A copy that may be poisoned. */
export function copyDepot(from: string, to: string): string {
  cpSync(from, to, { recursive: true });
  return to;
}

/** What an archive is made of, for whoever makes another. */
export interface Ingredients {
  entry: ArchivedEntry & { schema: number };
  /** The tree, without its root. */
  items: Item[];
}

/** Takes the archive of a package apart with system tools. Only files and directories. */
export function takeApart(depot: string, identity: string): Ingredients {
  const dir = path.join(realpathSync(depot), '..', `apart-${path.basename(depot)}-${identity}`);
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir);
  const file = path.join(depot, entryIn(depot, identity).url);
  execFileSync('tar', ['-C', dir, '--zstd', '-xf', file]);
  const listed = execFileSync('tar', ['--zstd', '-tf', file], { encoding: 'utf8' }).split('\n');
  const names = listed.filter((name) => name.startsWith('asset/') && name !== 'asset/');
  return {
    entry: JSON.parse(readFileSync(path.join(dir, 'galley-entry.json'), 'utf8')),
    items: names.map((name) =>
      name.endsWith('/')
        ? { name, type: 'directory' as const, mode: 0o755 }
        : { name, mode: 0o644, text: readFileSync(path.join(dir, name), 'utf8') },
    ),
  };
}

/** Puts an archive of exactly these members in the place of that of a package, and says so in the index. */
export async function replaceArchive(depot: string, identity: string, ...items: Item[]): Promise<void> {
  replaceBytes(depot, identity, zstdCompressSync(await tarOfItems(...items)));
}

export function replaceBytes(depot: string, identity: string, bytes: Buffer, told: Partial<DepotEntry> = {}): void {
  const { entries, ...rest } = readIndex(depot);
  const sha256 = createHash('sha256').update(bytes).digest('hex') as DepotEntry['sha256'];
  writeIndex(depot, {
    ...rest,
    entries: entries.map((entry) =>
      entry.identity === identity ? { ...entry, sha256, size: bytes.length, ...told } : entry,
    ),
  });
  writeFileSync(path.join(depot, entryIn(depot, identity).url), bytes);
}

/** The members of a good archive. */
export function itemsOf({ entry, items }: Ingredients): Item[] {
  return [
    { name: 'galley-entry.json', mode: 0o644, text: JSON.stringify(entry) },
    { name: 'asset/', type: 'directory', mode: 0o755 },
    ...items,
  ];
}
