// The cache: where it is, what its file system allows, what is in it and what was left behind.
import path from 'node:path';
import type { Services } from '../../build/services.ts';
import type { CacheSurvey } from '../../cache/care.ts';
import { choose } from '../../cache/choose.ts';
import type { HoldingKind } from '../../cache/holdings.ts';
import { formatAge, formatSize } from '../../model/amount.ts';
import type { Settings } from '../../model/settings.ts';
import { describeFileSystem, tryDirectory } from '../../system/probe.ts';
import { HOLDING_NAMES, sizeOf } from '../cache/holdings.ts';
import { type Finding, findingsOf, problemsOf } from './finding.ts';

const finding = findingsOf('cache');

/** A project that nobody has synced for so long may be forgotten in some directory. */
const STALE_MS = 30 * 24 * 60 * 60 * 1000;

/** More than this is worth a word. */
const MUCH_BYTES = 1024 ** 3;

/** Less than this, and the next toolchain may not fit. */
const LITTLE_BYTES = 2 * 1024 ** 3;

export async function examineCache(services: Services, settings: Settings): Promise<Finding[]> {
  try {
    const exists = await services.files.exists(settings.cacheRoot);
    const about = exists
      ? await examineContent(services, settings)
      : [finding('directory', `${settings.cacheRoot}, made by the first sync`)];
    return [...about, ...(await examinePlace(await nearestDir(settings.cacheRoot, services)))];
  } catch (error) {
    return problemsOf('cache', 'directory', error);
  }
}

async function examineContent(services: Services, settings: Settings): Promise<Finding[]> {
  const cache = await services.cache(settings);
  const care = await cache.care();
  const survey = await care.survey();
  const left = await services.files.list(cache.layout.scratchDir);
  const kinds = Map.groupBy(survey.holdings, ({ kind }) => kind);
  const amount = (kind: HoldingKind) => {
    const own = kinds.get(kind) ?? [];
    return finding(HOLDING_NAMES[kind][1], `${own.length} in ${formatSize(sizeOf(own))}`);
  };
  return [
    finding('directory', cache.layout.rootDir),
    ...[amount('asset'), amount('download'), amount('work')],
    examineUse(survey, services.clock.now()),
    examineProjects(survey, services.clock.now()),
    left.length === 0
      ? finding('scratch', 'empty')
      : finding(
          'scratch',
          `${left.length} in use or left behind`,
          'What a killed run has left goes with the next sync',
        ),
  ];
}

function examineUse({ holdings, needed }: CacheSurvey, now: number): Finding {
  const free = choose(holdings, needed, { olderThanMs: STALE_MS }, now);
  const value = `${formatSize(sizeOf(holdings))}, ${formatSize(sizeOf(free))} of it unused for ${formatAge(STALE_MS)}`;
  if (sizeOf(free) < MUCH_BYTES) return finding('in all', value);
  return finding('in all', value, 'Run "galley cache gc" to give that back');
}

function examineProjects({ projects }: CacheSurvey, now: number): Finding {
  const gone = projects.filter(({ state }) => state === 'gone').length;
  const stale = projects.filter(({ state, usedAt }) => state !== 'gone' && now - usedAt > STALE_MS);
  const value = `${projects.length - gone} use it, ${gone} are gone`;
  const [first] = stale;
  if (!first) return finding('projects', value);
  const advice = `${first.manifest} was not synced for ${formatAge(now - first.usedAt)}: remove it to have its assets collected`;
  return finding('projects', `${value}, ${stale.length} are not used any more`, advice);
}

/** A cache that is not there yet will be made below the nearest directory that is. */
async function nearestDir(dir: string, services: Services): Promise<string> {
  for (let at = dir; ; at = path.dirname(at))
    if (await services.files.exists(at)) return await services.files.realPath(at);
}

async function examinePlace(dir: string): Promise<Finding[]> {
  const [{ kind, freeBytes }, able] = await Promise.all([describeFileSystem(dir), tryDirectory(dir)]);
  if (able.refused) {
    const advice = 'Choose a directory of your own with --cache-root, or mend its permissions';
    return [finding('writing', `refused: ${able.refused}`, advice, 'error')];
  }
  const free = formatSize(freeBytes);
  return [
    finding('file system', kind),
    freeBytes < LITTLE_BYTES
      ? finding('free space', free, 'Make room; "galley cache gc" removes what no project wants')
      : finding('free space', free),
    able.locks
      ? finding('locks', 'the kernel keeps a second process out')
      : finding(
          'locks',
          'not by the kernel, but by a directory and its age',
          'Here a process that stands still for 10 s can lose its lock, and a dead one keeps it as long: prefer a local file system for the cache',
        ),
    finding(
      'copies',
      able.reflinks ? 'share their blocks' : able.hardLinks ? 'take room; hard links work' : 'take room',
    ),
    able.runs
      ? finding('programs', 'can be run')
      : finding(
          'programs',
          'cannot be run',
          'It is mounted with noexec: choose another place with --cache-root',
          'error',
        ),
  ];
}
