// `galley import <place…>`: what others have built goes into the cache, before any project wants it.
import { openDepot } from '../../build/depot/depot.ts';
import { type Taken, takeArchive, takeDepot } from '../../build/depot/taking.ts';
import { Failure } from '../../model/failure.ts';
import { isUrl } from '../../recipe/address.ts';
import { unlessMissing } from '../../system/errno.ts';
import type { Run } from '../answer.ts';
import { depotAddress, depotTools } from '../depot-tools.ts';

export const run: Run = async (services, { args, lists, settings }) => {
  const tools = await depotTools(services, settings);
  const { trustedKeys: trusted } = settings;
  const queries = lists.package ?? [];
  const taken: Taken[] = [];
  for (const place of args) {
    const address = depotAddress(place, services);
    const kind = isUrl(place) ? 'dir' : (await unlessMissing(services.files.statTarget(address)))?.kind;
    if (kind === undefined) {
      const hint = 'Name an archive, a directory that is a depot, or its URL';
      throw new Failure('SOURCE_NOT_FOUND', `Cannot import "${place}": it is not there`, { hint });
    }
    if (kind === 'file') taken.push(await takeArchive(address, trusted, tools));
    else taken.push(...(await takeDepot(openDepot(address, tools.fetcher), { queries, trusted }, tools)));
  }
  const added = taken.filter((one) => one.added).length;
  const text = `${added} imported, ${taken.length - added} in the cache already`;
  services.emit({ type: 'log.message', level: 'info', text });
  const json = taken.map(({ ref, asset, added }) => ({ ...ref, asset_dir: asset.assetDir, added }));
  return { status: 0, stdout: taken.map(({ asset }) => asset.assetDir).join('\n'), json };
};
