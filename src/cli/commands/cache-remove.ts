// `galley cache remove <query>`: removes the entries of the packages that a query names, of every option and platform.
// What projects need of them is built again there.
import type { Removal } from '../../cache/collect.ts';
import type { Holding } from '../../cache/holdings.ts';
import { Failure } from '../../model/failure.ts';
import { matchesQuery, parseIdentity } from '../../model/identity.ts';
import type { Run } from '../answer.ts';
import { describeHoldings } from '../cache/holdings.ts';
import { tellRemoval } from '../cache/removal.ts';

export const run: Run = async (services, { settings, args: [query = ''] }) => {
  const { care, layout } = await services.cache(settings);
  const { holdings } = await care.survey();
  const chosen = holdings.filter((holding) => isNamedBy(query, holding));
  if (chosen.length === 0) {
    const hint = 'See "galley cache info" for what it has';
    throw new Failure('QUERY_UNKNOWN', `Cannot find "${query}" in the cache "${settings.cacheRoot}"`, { hint });
  }
  const { dryRun, yes } = settings;
  if (!dryRun && !yes) {
    const hint = 'Add --yes to remove, or --dry-run to see what would go';
    throw new Failure('USAGE', `Cannot remove ${describeHoldings(chosen)} of "${query}" without --yes`, { hint });
  }
  const removal = dryRun ? { removed: [], kept: [] } : await care.remove(chosen);
  const answer = tellRemoval({ ...removal, chosen }, { ...services, ...settings, ...layout });
  const [held] = removal.kept;
  if (held) throw held.refusal ?? inUse(held);
  return answer;
};

function inUse({ holding, why }: Removal['kept'][number]): Failure {
  const hint = 'Wait until it has ended, then run the command again';
  return new Failure('CACHE_IN_USE', `Cannot remove ${holding.path}: ${why}`, { hint });
}

/** The whole entry, or what a failure left in one: `assets/<identity>/…`. */
function isNamedBy(query: string, { unit }: Holding): boolean {
  const [, name = ''] = unit.startsWith('assets/') ? unit.split('/') : [];
  const identity = parseIdentity(name);
  return identity !== undefined && matchesQuery(query, identity);
}
