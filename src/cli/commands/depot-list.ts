// `galley depot list <depot>`: what is in a depot.
import { demandIndex, demandTrust, openDepot, signersOf } from '../../build/depot/depot.ts';
import { formatSize } from '../../model/amount.ts';
import type { Run } from '../answer.ts';
import { formatColumns } from '../columns.ts';
import { depotAddress, depotTools } from '../depot-tools.ts';
import { toJsonRow } from '../json.ts';

export const run: Run = async (services, { args: [place = ''], settings }) => {
  const { fetcher, signal } = await depotTools(services, settings);
  const depot = openDepot(depotAddress(place, services), fetcher);
  const { index } = await demandIndex(depot, signal);
  await demandTrust(depot.name, index, settings.trustedKeys, signal);
  const rows = index.entries.map(({ identity, platform, key, size, root = '' }) => [
    ...[identity, platform, key, formatSize(size), root],
  ]);
  return {
    status: 0,
    stdout: formatColumns(rows),
    json: { entries: index.entries.map(toJsonRow), signers: await signersOf(index, signal) },
  };
};
