// The cache: where it is, what its file system allows, what is in it and what was left behind.
import path from 'node:path';
import type { Services } from '../../build/services.ts';
import { formatSize } from '../../model/amount.ts';
import type { Settings } from '../../model/settings.ts';
import { describeFileSystem, tryDirectory } from '../../system/probe.ts';
import { type Finding, findingsOf, problemsOf } from './finding.ts';

const finding = findingsOf('cache');

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
  const { rootDir, entries, entryBytes, unfinished, downloads, downloadBytes } = await cache.info();
  const left = await services.files.list(cache.layout.scratchDir);
  return [
    finding('directory', rootDir),
    finding('assets', `${entries} in ${formatSize(entryBytes)}, ${unfinished} unfinished`),
    finding('downloads', `${downloads} in ${formatSize(downloadBytes)}`),
    left.length === 0
      ? finding('scratch', 'empty')
      : finding(
          'scratch',
          `${left.length} in use or left behind`,
          'What a killed run has left goes with the next sync',
        ),
  ];
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
      ? finding('free space', free, 'Make room, or "galley cache remove" what is not needed')
      : finding('free space', free),
    able.locks
      ? finding('locks', 'the kernel keeps a second process out')
      : finding(
          'locks',
          'not by the kernel',
          'A dead process is noticed late here: prefer a local file system for the cache',
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
