// `galley import <place…>`: what others have built goes into the cache, before any project wants it.
import { openDepot } from '../../build/depot/depot.ts';
import { type Planned, planArchive, planDepot, type Taken, takeArchive, takeDepot } from '../../build/depot/taking.ts';
import type { Services } from '../../build/services.ts';
import { Failure } from '../../model/failure.ts';
import { formatPlatform } from '../../model/platform.ts';
import { isUrl } from '../../recipe/address.ts';
import { unlessMissing } from '../../system/errno.ts';
import type { Answer, Run } from '../answer.ts';
import { depotAddress, depotTools } from '../depot-tools.ts';
import { toJson } from '../json.ts';

export const run: Run = async (services, { args, lists, settings }) => {
  const tools = await depotTools(services, settings);
  const { trustedKeys: trusted, dryRun } = settings;
  const wish = { queries: lists.package ?? [], trusted };
  const taken: Taken[] = [];
  const planned: Planned[] = [];
  for (const place of args) {
    const address = depotAddress(place, services);
    const isFile = (await kindOf(place, address, services)) === 'file';
    const depot = () => openDepot(address, tools.fetcher);
    if (dryRun && isFile) planned.push(await planArchive(address, trusted, tools));
    else if (dryRun) planned.push(...(await planDepot(depot(), wish, tools)));
    else if (isFile) taken.push(await takeArchive(address, trusted, tools));
    else taken.push(...(await takeDepot(depot(), wish, tools)));
  }
  return dryRun ? tellPlan(planned, services) : tellTaken(taken, services);
};

async function kindOf(place: string, address: string, { files }: Services): Promise<string> {
  const kind = isUrl(place) ? 'dir' : (await unlessMissing(files.statTarget(address)))?.kind;
  if (kind !== undefined) return kind;
  const hint = 'Name an archive, a directory that is a depot, or its URL';
  throw new Failure('SOURCE_NOT_FOUND', `Cannot import "${place}": it is not there`, { hint });
}

function tellTaken(taken: readonly Taken[], services: Services): Answer {
  const added = taken.filter((one) => one.added).length;
  say(
    taken.length === 0 ? nothingFor(services) : `${added} imported, ${taken.length - added} in the cache already`,
    services,
  );
  const json = taken.map(({ ref, asset, added }) => ({ ...ref, asset_dir: asset.assetDir, added }));
  return { status: 0, stdout: taken.map(({ asset }) => asset.assetDir).join('\n'), json };
}

function tellPlan(planned: readonly Planned[], services: Services): Answer {
  const missing = planned.filter(({ isThere }) => !isThere).map(({ ref }) => ref);
  const present = planned.filter(({ isThere }) => isThere).map(({ ref }) => ref);
  for (const { identity, key } of missing) say(`Would import ${identity} ${key}, and what it needs to run`, services);
  if (planned.length === 0) say(nothingFor(services), services);
  else if (missing.length === 0) say('Nothing to import: the cache has it all', services);
  return { status: 0, json: { missing: missing.map(toJson), present: present.map(toJson) } };
}

/** A depot of other machines, usually. */
function nothingFor({ platform }: Services): string {
  return `There is nothing to import for ${formatPlatform(platform)}`;
}

function say(text: string, { emit }: Services): void {
  emit({ type: 'log.message', level: 'info', text });
}
