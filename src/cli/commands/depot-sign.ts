// `galley depot sign <depot>`: vouches for what is in a depot, beside those who have done so before.
import { openDepot } from '../../build/depot/depot.ts';
import { Ledger } from '../../build/depot/ledger.ts';
import { readSigningKey } from '../../build/depot/seal.ts';
import { Failure } from '../../model/failure.ts';
import type { Run } from '../answer.ts';
import { depotAddress, depotTools } from '../depot-tools.ts';

export const run: Run = async (services, { args: [place = ''], settings }) => {
  const { signKey, trustedKeys, dryRun } = settings;
  if (signKey === undefined) {
    const hint = 'Give it with --sign-key or GALLEY_SIGN_KEY; "galley depot key <file>" makes one';
    throw new Failure('USAGE', 'Cannot sign without a key', { hint });
  }
  const tools = await depotTools(services, settings);
  const sign = await readSigningKey(signKey, services.files);
  const depot = openDepot(depotAddress(place, services), tools.fetcher);
  const ledger = new Ledger(depot, { sign, demanded: trustedKeys }, tools);
  const { entries } = await ledger.index();
  if (!dryRun) await ledger.sign();
  const text = `${dryRun ? 'Would sign' : 'Signed'} ${entries.length} ${entries.length === 1 ? 'entry' : 'entries'} of ${depot.name}`;
  services.emit({ type: 'log.message', level: 'info', text });
  return {
    status: 0,
    stdout: sign.publicKey,
    json: { depot: depot.name, entries: entries.length, public_key: sign.publicKey },
  };
};
