// `galley cache clean`: removes everything that no process uses at this moment, also what projects want: their next sync
// makes it again.
import { Failure } from '../../model/failure.ts';
import type { Run } from '../answer.ts';
import { describeHoldings } from '../cache/holdings.ts';
import { tellRemoval } from '../cache/removal.ts';

export const run: Run = async (services, { settings }) => {
  const cache = await services.cache(settings);
  const care = await cache.care();
  const policy = { olderThanMs: 0, ignoresProjects: true };
  if (!settings.dryRun && !settings.yes) {
    const { chosen } = await care.collect(policy, { dryRun: true });
    const hint = 'Add --yes to remove, or --dry-run to see what would go; "galley cache gc" keeps what projects want';
    throw new Failure('USAGE', `Cannot remove ${describeHoldings(chosen)} without --yes`, { hint });
  }
  const collection = await care.collect(policy, { dryRun: settings.dryRun });
  return tellRemoval(collection, { ...services, ...settings, ...cache.layout });
};
