// What projects want kept: one file for each, written by the runs of the project, which counts for as long as the
// manifest exists. Its time is the last use. Knows nothing of what the names stand for.
import path from 'node:path';
import { findJson, isJsonObject } from '../model/json.ts';
import { sha256OfBytes } from '../system/digest.ts';
import { errnoOf, isErrno } from '../system/errno.ts';
import type { Files } from '../system/files.ts';
import { hostName } from '../system/host.ts';
import { type EntryRef, type Layout, OUR_NAMES, parseEntryName } from './layout.ts';
import { listShelf } from './shelf.ts';
import type { Use } from './use.ts';

const SCHEMA = 1;

/**
 * On another machine, in another container or behind a closed door nobody can see whether a project exists. It counts as long as it was used
 * in so many days: longer than a holiday, and short enough for a cache that every job of a CI uses from a new container.
 */
const ELSEWHERE_DAYS = 30;
const DAY_MS = 24 * 60 * 60 * 1000;

export interface ProjectLease {
  /** Absolute path on its host. */
  manifest: string;
  host: string;
  /** Paths relative to the root of the cache, sorted. */
  names: string[];
}

export interface ProjectState extends ProjectLease {
  file: string;
  /** Epoch milliseconds. */
  usedAt: number;
  /** Whether what it names is to be kept. `gone`: its manifest is not there any more, or nobody has seen it for long. */
  state: 'present' | 'elsewhere' | 'gone';
}

/** Where the lease of a project is: by its path on this machine, as that is all that tells two projects apart. */
export function projectLeaseFile({ projectLeasesDir }: Layout, manifest: string): string {
  return path.join(projectLeasesDir, `${sha256OfBytes(`${hostName()}\0${manifest}`).slice(0, 32)}.json`);
}

export interface Keeping {
  /** Absolute path. */
  manifest: string;
  entries: readonly EntryRef[];
  /** False: only a part of the project was looked at, and what was used before is still used. */
  isWhole: boolean;
}

/** Notes what a project uses, and that it has used it now. What it has ceased to use was used until now, too. */
export async function keepFor(
  { manifest, entries, isWhole }: Keeping,
  { files, layout, use, now }: { files: Files; layout: Layout; use: Use; now: number },
): Promise<string> {
  const file = projectLeaseFile(layout, manifest);
  const before = parse(await files.findText(file))?.names ?? [];
  const recipes = [...use.names()].filter((name) => name.startsWith('recipes/'));
  const own = entries.map(layout.nameOf);
  const names = new Set([...own, ...recipes, ...(isWhole ? [] : before)]);
  const lease: ProjectLease = { manifest, host: hostName(), names: [...names].sort() };
  await files.ensureDir(layout.projectLeasesDir);
  const isNew = await files.writeIfChanged(file, `${JSON.stringify({ schema: SCHEMA, ...lease })}\n`);
  if (!isNew) await files.setModified(file, now);
  for (const name of before.filter((each) => !names.has(each))) await leave(name, { files, layout, now });
  return file;
}

/** The fingerprint is the one file of an entry whose times nobody relies on. It may be gone, or another person's. */
async function leave(name: string, { files, layout, now }: { files: Files; layout: Layout; now: number }) {
  const [, identity = '', entry = ''] = name.split('/');
  const ref = name.startsWith('assets/') ? parseEntryName(identity, entry) : undefined;
  if (ref === undefined) return;
  await files.setModified(layout.entry(ref).fingerprintFile, now).catch((error: unknown) => {
    if (!isErrno(error, 'ENOENT', 'ENOTDIR', 'EPERM', 'EACCES', 'EROFS')) throw error;
  });
}

/** What a project wanted kept after its last run. */
export async function findKept(
  manifest: string,
  { files, layout }: { files: Files; layout: Layout },
): Promise<ReadonlySet<string>> {
  return new Set(parse(await files.findText(projectLeaseFile(layout, manifest)))?.names);
}

/** Every project that has used the cache. A file that cannot be read names nothing, and goes with the next collection. */
export async function listProjects(
  { files, layout }: { files: Files; layout: Layout },
  now: number,
): Promise<ProjectState[]> {
  const dir = layout.projectLeasesDir;
  const names = (await listShelf({ files, layout }, dir)).filter((name) => OUR_NAMES.projectLease.test(name));
  const states = names.map(async (name): Promise<ProjectState> => {
    const file = path.join(dir, name);
    const lease = parse(await files.findText(file)) ?? { manifest: '', host: hostName(), names: [] };
    const usedAt = (await files.findStat(file))?.mtimeMs ?? 0;
    return { ...lease, file, usedAt, state: await stateOf(lease, now - usedAt, files) };
  });
  return await Promise.all(states);
}

async function stateOf({ host, manifest }: ProjectLease, unusedMs: number, files: Files) {
  const isThere = host === hostName() ? await canBeSeen(manifest, files) : undefined;
  if (isThere !== undefined) return isThere ? 'present' : 'gone';
  return unusedMs < ELSEWHERE_DAYS * DAY_MS ? 'elsewhere' : 'gone';
}

/** Undefined where the look is refused: in the home of another user, or on a disk that has lost its server. */
async function canBeSeen(manifest: string, files: Files): Promise<boolean | undefined> {
  try {
    return await files.exists(manifest);
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    return undefined;
  }
}

/** What cannot be read of a lease takes nothing from the rest of it. Without a place to look, it is of elsewhere. */
function parse(text: string | undefined): ProjectLease | undefined {
  const lease = findJson(text ?? '');
  if (!isJsonObject(lease) || lease.schema !== SCHEMA || !Array.isArray(lease.names)) return undefined;
  const { manifest, host } = lease;
  const isPlaced = typeof manifest === 'string' && path.isAbsolute(manifest) && !manifest.includes('\0');
  return {
    manifest: isPlaced ? manifest : '',
    host: isPlaced && typeof host === 'string' ? host : '',
    names: lease.names.filter((name) => typeof name === 'string'),
  };
}
