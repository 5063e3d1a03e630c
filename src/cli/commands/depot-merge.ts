// `galley depot merge <to> <from…>`: one depot gets what others have.
import { openDepot } from '../../build/depot/depot.ts';
import { Ledger } from '../../build/depot/ledger.ts';
import { mergeDepot } from '../../build/depot/merging.ts';
import { readSeal } from '../../build/depot/seal.ts';
import type { Run } from '../answer.ts';
import { depotAddress, depotTools } from '../depot-tools.ts';
import { toJson } from '../json.ts';

export const run: Run = async (services, { args: [to = '', ...from], settings }) => {
  const tools = await depotTools(services, settings);
  const { dryRun, trustedKeys: trusted } = settings;
  const say = (text: string) => services.emit({ type: 'log.message', level: 'info', text });
  const open = (place: string) => openDepot(depotAddress(place, services), tools.fetcher);
  const ledger = new Ledger(open(to), await readSeal(settings, services.files), tools);
  const merged = [];
  for (const place of from) {
    const depot = open(place);
    const one = await mergeDepot(ledger, depot, { trusted, dryRun }, tools);
    merged.push({ from: depot.name, ...one });
    for (const { identity, key } of one.kept) say(`${identity} ${key} stays: ${depot.name} has other bytes for it`);
    const words = dryRun ? `Would add ${one.planned.length}` : `${one.added.length} added`;
    say(`${words} from ${depot.name}`);
  }
  return { status: 0, json: toJson(merged) };
};
