// `galley depot verify <depot>`: is every archive what the index says, and who says so?
import { openDepot } from '../../build/depot/depot.ts';
import { verifyDepot } from '../../build/depot/verifying.ts';
import type { Run } from '../answer.ts';
import { depotAddress, depotTools } from '../depot-tools.ts';
import { toJson } from '../json.ts';
import { statusOf } from '../status.ts';

export const run: Run = async (services, { args: [place = ''], settings }) => {
  const tools = await depotTools(services, settings);
  const depot = openDepot(depotAddress(place, services), tools.fetcher);
  const { entries, signers, problems } = await verifyDepot(depot, settings.trustedKeys, tools);
  for (const { entry, error } of problems) services.emit({ type: 'problem.found', package: entry.identity, error });
  const signed = signers.length === 0 ? 'signed by nobody' : `signed by ${signers.join(', ')}`;
  const verdict =
    problems.length === 0 ? 'nothing is other than the index says' : `${problems.length} not what the index says`;
  const text = `${entries} ${entries === 1 ? 'archive' : 'archives'}, ${verdict}; ${signed}`;
  services.emit({ type: 'log.message', level: 'info', text });
  const json = {
    depot: depot.name,
    entries,
    signers,
    problems: toJson(problems.map(({ entry, error }) => ({ ...entry, error }))),
  };
  return { status: statusOf(problems.map(({ error }) => error.code)), json };
};
