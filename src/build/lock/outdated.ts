// `galley outdated`: what there is that galley.lock does not have yet. Changes nothing; a server that does not answer costs
// only its own lines.
import { isFailure } from '../../model/failure.ts';
import { commitOf, isCommit, isGitUrl } from '../../model/git.ts';
import type { LockedSource } from '../../model/lock-file.ts';
import { wordOf } from '../../model/lock-words.ts';
import { newerVersion } from '../../model/version.ts';
import type { Project } from '../project.ts';
import type { World } from '../world.ts';
import { evaluate } from './evaluate.ts';
import { isMeant } from './moving.ts';

export interface OutdatedSource {
  package: string;
  source: string;
  /** The version that the source names, else the beginning of the commit or sha256 that galley.lock has. */
  current: string;
  /** What `galley update` would move to. */
  wanted: string;
  /** The newest that there is under this name; the recipe or manifest has to name it. */
  latest: string;
}

export interface OutdatedAnswer {
  /** How many sources were asked for. */
  asked: number;
  outdated: OutdatedSource[];
  /** Of the same size as galley.lock says, which is all that could be compared: other bytes may be behind it. */
  sameSize: { package: string; source: string }[];
  /** What could not be asked, and why. */
  unknown: { package: string; source: string; reason: string }[];
}

type Finding = Omit<OutdatedSource, 'package' | 'source'>;
/** What could be asked does not tell. */
type Unsure = 'same-size' | { reason: string };

export async function findOutdated(project: Project, queries: readonly string[]): Promise<OutdatedAnswer> {
  const { run } = await evaluate(project, { asksNetwork: false });
  const asked = run.pins.sources().filter(({ package: name }) => {
    return queries.length === 0 || queries.some((query) => isMeant(query, name));
  });
  const answer: OutdatedAnswer = { asked: asked.length, outdated: [], sameSize: [], unknown: [] };
  await Promise.all(asked.map((record) => examine(record, project.world, answer)));
  project.world.signal.throwIfAborted();
  const byName = (a: { package: string; source: string }, b: typeof a): number =>
    `${a.package} ${a.source}` < `${b.package} ${b.source}` ? -1 : 1;
  for (const rows of [answer.outdated, answer.sameSize, answer.unknown]) rows.sort(byName);
  return answer;
}

async function examine(record: LockedSource, world: World, answer: OutdatedAnswer): Promise<void> {
  const { package: name, source } = record;
  try {
    const found = await world.lanes.use('network', () => compare(record, world), world.signal);
    if (found === 'same-size') answer.sameSize.push({ package: name, source });
    else if (found && 'reason' in found) answer.unknown.push({ package: name, source, ...found });
    else if (found) answer.outdated.push({ package: name, source, ...found });
  } catch (error) {
    if (!isFailure(error)) throw error;
    answer.unknown.push({ package: name, source, reason: error.message });
  }
}

/** Undefined: there is nothing newer. */
async function compare(record: LockedSource, world: World): Promise<Finding | Unsure | undefined> {
  const { fetcher, signal } = world;
  const { source } = record;
  const versions = await fetcher.versions(source, signal);
  const named = versions && !isCommit(versions.current) ? versions : undefined;
  const latest = named && newerVersion(named);
  if (isGitUrl(source) && commitOf(source) === undefined) {
    const [current, wanted] = [
      wordOf(record),
      wordOf({ ...record, url: (await fetcher.resolve({ url: source }, signal)).url }),
    ];
    return current === wanted && latest === undefined ? undefined : { current, wanted, latest: latest ?? wanted };
  }
  if (latest !== undefined && named) return { current: named.current, wanted: named.current, latest };
  return versions === undefined && commitOf(source) === undefined ? await compareSize(record, world) : undefined;
}

/** Where nobody counts versions, other bytes are told by their number at best. */
async function compareSize(record: LockedSource, { fetcher, signal }: World): Promise<Finding | Unsure> {
  const { source, size } = record;
  if (size === undefined) return { reason: 'galley.lock has no size to compare with' };
  const now = await fetcher.measure(source, signal);
  if (now === undefined) return { reason: 'its server does not say how large it is' };
  return now === size ? 'same-size' : { current: wordOf(record), wanted: `${now} bytes`, latest: `${now} bytes` };
}
