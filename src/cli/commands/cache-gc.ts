// `galley cache gc`: removes what no project wants any more, by age or until the rest takes no more room than it may.
// Runs beside builds, and on a full disk.
import { formatSize, parseAge, parseSize } from '../../model/amount.ts';
import { Failure } from '../../model/failure.ts';
import type { Run } from '../answer.ts';
import { sizeOf } from '../cache/holdings.ts';
import { tellRemoval } from '../cache/removal.ts';

/** Without a limit: long enough to come back to a branch, or from a holiday. */
const DEFAULT_AGE_MS = 30 * 24 * 60 * 60 * 1000;

export const run: Run = async (services, { settings, flags }) => {
  const maxBytes = read('max-size', flags['max-size'], parseSize, 'a size such as 10G or 500M');
  const age = read('older-than', flags['older-than'], parseAge, 'an age such as 30d, 12h or 2w');
  const olderThanMs = age ?? (maxBytes === undefined ? DEFAULT_AGE_MS : undefined);
  const cache = await services.cache(settings);
  const care = await cache.care();
  const policy = { ...(maxBytes !== undefined && { maxBytes }), ...(olderThanMs !== undefined && { olderThanMs }) };
  const collection = await care.collect(policy, { dryRun: settings.dryRun });
  const { chosen, removed, survey } = collection;
  const rest = sizeOf(survey.holdings) - sizeOf(settings.dryRun ? chosen : removed);
  if (maxBytes !== undefined && rest > maxBytes) {
    const text = `${formatSize(rest)} are left, more than ${formatSize(maxBytes)}: projects want them, or processes use them`;
    services.emit({ type: 'log.message', level: 'warn', text });
  }
  return tellRemoval(collection, { ...services, ...settings, ...cache.layout });
};

function read(
  flag: string,
  value: string | true | undefined,
  parse: (text: string) => number | undefined,
  wanted: string,
): number | undefined {
  if (value === undefined) return undefined;
  const amount = parse(String(value));
  if (amount === undefined) throw new Failure('USAGE', `--${flag} is "${value}", and has to be ${wanted}`);
  return amount;
}
