// `galley cache info`: where the cache is and what takes its space, largest first. Knows no project.
import type { EntryState } from '../../cache/inventory.ts';
import { formatSize } from '../../model/amount.ts';
import type { Run } from '../answer.ts';
import { formatColumns } from '../columns.ts';

export const run: Run = async (services, { settings }) => {
  const cache = await services.cache(settings);
  const { rootDir, downloads, downloadBytes, entries: complete, entryBytes, unfinished } = await cache.info();
  const entries = (await Array.fromAsync(cache.entries())).sort((a, b) => sizeOf(b) - sizeOf(a));
  const total = [
    ['cache', rootDir],
    ['assets', `${complete} in ${formatSize(entryBytes)}`],
    ['downloads', `${downloads} in ${formatSize(downloadBytes)}`],
    ['unfinished', `${unfinished}`],
  ];
  return {
    status: 0,
    stdout: [formatColumns(total), formatColumns(entries.map(rowOf))].filter((part) => part !== '').join('\n\n'),
    json: {
      root: rootDir,
      asset_bytes: entryBytes,
      downloads,
      download_bytes: downloadBytes,
      entries: entries.map((entry) => ({
        ...entry.ref,
        dir: entry.entryDir,
        size_bytes: sizeOf(entry),
        complete: entry.record !== undefined,
      })),
    },
  };
};

const sizeOf = ({ record }: EntryState): number => record?.sizeBytes ?? 0;

function rowOf(entry: EntryState): string[] {
  const { identity, platform, key } = entry.ref;
  return [entry.record ? formatSize(sizeOf(entry)) : 'unfinished', identity, `${platform}-${key.slice(0, 12)}`];
}
