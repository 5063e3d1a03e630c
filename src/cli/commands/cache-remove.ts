// `galley cache remove <query>`: removes the entries of the packages that a query names, of every option and platform.
// What other projects need of them is built again there.
import type { EntryState } from '../../cache/inventory.ts';
import { formatSize } from '../../model/amount.ts';
import { Failure } from '../../model/failure.ts';
import { matchesQuery, parseIdentity } from '../../model/identity.ts';
import type { Run } from '../answer.ts';

export const run: Run = async (services, { settings, args: [query = ''] }, signal) => {
  const cache = await services.cache(settings);
  const entries = (await Array.fromAsync(cache.entries())).filter((entry) => isNamedBy(query, entry));
  if (entries.length === 0) {
    const hint = 'See "galley cache info" for what it has';
    throw new Failure('QUERY_UNKNOWN', `Cannot find "${query}" in the cache "${settings.cacheRoot}"`, { hint });
  }
  const sizeBytes = entries.reduce((sum, { record }) => sum + (record?.sizeBytes ?? 0), 0);
  const amount = `${entries.length} ${entries.length === 1 ? 'entry' : 'entries'} (${formatSize(sizeBytes)})`;
  if (!settings.dryRun && !settings.yes) {
    const hint = 'Add --yes to remove, or --dry-run to see what would go';
    throw new Failure('USAGE', `Cannot remove ${amount} of "${query}" without --yes`, { hint });
  }
  for (const { ref } of settings.dryRun ? [] : entries) await cache.remove(ref, { signal });
  services.emit({
    type: 'log.message',
    level: 'info',
    text: `${settings.dryRun ? 'Would remove' : 'Removed'} ${amount}`,
  });
  const dirs = entries.map(({ entryDir }) => entryDir);
  return { status: 0, stdout: dirs.join('\n'), json: dirs };
};

function isNamedBy(query: string, { ref }: EntryState): boolean {
  const identity = parseIdentity(ref.identity);
  return identity !== undefined && matchesQuery(query, identity);
}
