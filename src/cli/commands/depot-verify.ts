// `galley depot verify <depot>`: is every archive what the index says, and who says so?
import { formatKeys, openDepot } from '../../build/depot/depot.ts';
import { Ledger } from '../../build/depot/ledger.ts';
import { readSeal } from '../../build/depot/seal.ts';
import { damagedOf, verifyDepot } from '../../build/depot/verifying.ts';
import type { Run } from '../answer.ts';
import { depotAddress, depotTools } from '../depot-tools.ts';
import { toJson } from '../json.ts';
import { statusOf } from '../status.ts';

export const run: Run = async (services, { args: [place = ''], flags, settings }) => {
  const tools = await depotTools(services, settings);
  const say = (text: string) => services.emit({ type: 'log.message', level: 'info', text });
  const depot = openDepot(depotAddress(place, services), tools.fetcher);
  const report = await verifyDepot(depot, settings.trustedKeys, tools);
  const { entries, signers, problems } = report;
  for (const { entry, error } of problems) services.emit({ type: 'problem.found', package: entry.identity, error });
  const signed = signers.length === 0 ? 'signed by nobody' : `signed by ${formatKeys(signers)}`;
  const verdict =
    problems.length === 0 ? 'nothing is other than the index says' : `${problems.length} not what the index says`;
  say(`${count(entries)}, ${verdict}; ${signed}`);
  const damaged = flags.repair === true ? damagedOf(report) : [];
  if (damaged.length > 0) {
    if (!settings.dryRun) await new Ledger(depot, await readSeal(settings, services.files), tools).remove(damaged);
    const words = settings.dryRun ? 'Would take' : 'Took';
    say(`${words} ${count(damaged.length)} out of the index: the next "galley push" of these packages fills the gap`);
  }
  const left = settings.dryRun ? problems : problems.filter(({ entry }) => !damaged.includes(entry));
  const json = {
    depot: depot.name,
    entries,
    signers,
    problems: toJson(problems.map(({ entry, error }) => ({ ...entry, error }))),
    removed: toJson(settings.dryRun ? [] : damaged),
  };
  return { status: statusOf(left.map(({ error }) => error.code)), json };
};

const count = (archives: number): string => `${archives} ${archives === 1 ? 'archive' : 'archives'}`;
