// `galley cache remove <query>`: removes the entries of the packages that a query names, of every option and platform.
// What projects need of them is built again there.
import type { Removal } from '../../cache/collect.ts';
import { Failure } from '../../model/failure.ts';
import type { Run } from '../answer.ts';
import { describeHoldings, isMeant, notInCache } from '../cache/holdings.ts';
import { tellRemoval } from '../cache/removal.ts';

export const run: Run = async (services, { settings, args: [query = ''] }) => {
  const cache = await services.cache(settings);
  const care = await cache.care();
  const { holdings } = await care.survey();
  // The whole entry, and what a failure left in one.
  const entries = holdings.filter(({ unit }) => unit.startsWith('assets/'));
  const chosen = entries.filter((holding) => isMeant(query, holding));
  if (chosen.length === 0) throw notInCache(query, entries, cache.layout.rootDir);
  const { dryRun, yes } = settings;
  if (!dryRun && !yes) {
    const hint = 'Add --yes to remove, or --dry-run to see what would go';
    throw new Failure('USAGE', `Cannot remove ${describeHoldings(chosen)} of "${query}" without --yes`, { hint });
  }
  const removal = dryRun ? { removed: [], kept: [] } : await care.remove(chosen);
  const answer = tellRemoval({ ...removal, chosen }, { ...services, ...settings, ...cache.layout });
  const [held] = removal.kept;
  if (held) throw held.refusal ?? inUse(held);
  return answer;
};

function inUse({ holding, why }: Removal['kept'][number]): Failure {
  const hint = 'Wait until it has ended, then run the command again';
  return new Failure('CACHE_IN_USE', `Cannot remove ${holding.path}: ${why}`, { hint });
}
