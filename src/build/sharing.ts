// `push` and `export`: packages are made, and go to a depot, or into a file, as soon as they are there.
import path from 'node:path';
import type { EntryRef } from '../cache/layout.ts';
import type { Asset } from '../cache/record.ts';
import { type DepotEntry, depotKey } from '../model/depot.ts';
import { Failure } from '../model/failure.ts';
import { isUserManaged } from '../model/recipe.ts';
import { temporaryName } from '../system/temporary.ts';
import { answerOf, choose } from './building.ts';
import { Delivery } from './depot/delivery.ts';
import { openDepot } from './depot/depot.ts';
import { Ledger } from './depot/ledger.ts';
import { packAsset } from './depot/packing.ts';
import { readSeal, readSigningKey } from './depot/seal.ts';
import { testify, testimonyName } from './depot/testimony.ts';
import { climb } from './engine.ts';
import { entryRef } from './keying.ts';
import { look } from './listing.ts';
import { follow, isRepeated, type Package } from './package.ts';
import { ASSETS_ONLY, openRun, type Project } from './project.ts';
import type { ShareAnswer, SharePlan } from './session.ts';
import { make } from './single.ts';

/** @param address of the depot: a URL or an absolute path */
export async function share(project: Project, queries: readonly string[], address: string): Promise<ShareAnswer> {
  const ledger = await openLedger(project, address);
  const delivery = new Delivery(ledger, project.world);
  const run = await openRun(project, ASSETS_ONLY);
  const packages = await choose(queries, run);
  run.exported = { delivery, packages: new Set(packages), isNamed: queries.length > 0 };
  await climb(packages, run);
  await run.trees.save();
  return { ...answerOf(packages, run), delivered: await delivery.delivered() };
}

/** What `share` would do; what else they need when they are used is known only once they are made. */
export async function planShare(project: Project, queries: readonly string[], address: string): Promise<SharePlan> {
  const { entries } = await (await openLedger(project, address)).index();
  const known = new Set(entries.map(depotKey));
  const run = await look(project);
  const packages = (await choose(queries, run)).filter((pkg) => !isRepeated(pkg) && isShareable(pkg));
  const isThere = (pkg: Package) => follow(pkg).key !== undefined && known.has(depotKey(entryRef(follow(pkg), run)));
  return {
    missing: packages.filter((pkg) => !isThere(pkg)).map(({ label }) => label),
    present: packages.filter(isThere).map(({ label }) => label),
  };
}

function isShareable(pkg: Package): boolean {
  const { loaded, skipped } = follow(pkg);
  return loaded !== undefined && !isUserManaged(loaded.recipe) && !skipped;
}

/** The depot is asked before anything is built for it. */
async function openLedger({ manifest, settings, world }: Project, address: string): Promise<Ledger> {
  const seal = await readSeal(settings, world.files, manifest.trustedKeys);
  const ledger = new Ledger(openDepot(address, world.fetcher), seal, world);
  await ledger.index();
  return ledger;
}

/**
 * The archive of one package, and beside it what is stated of it where there is a key.
 *
 * @throws Failure USAGE when the package needs others to run, which one archive cannot hold
 */
export async function exportFile(project: Project, query: string, file: string): Promise<DepotEntry> {
  const { world, settings } = project;
  const { cache, files, signal } = world;
  const { ref, asset } = await makeOne(project, query);
  if (asset.record.runtime.length > 0) {
    const hint = 'Export to a directory, which becomes a depot';
    throw new Failure('USAGE', `Cannot export ${ref.identity} to one file: its files name other assets`, { hint });
  }
  const temporary = path.join(path.dirname(file), temporaryName(path.basename(file)));
  await files.ensureDir(path.dirname(file));
  const { entry, packed } = await packAsset(ref, asset, temporary, { files, layout: cache.layout, signal });
  const key = settings.signKey === undefined ? undefined : await readSigningKey(settings.signKey, files);
  const testimony = await testify({ ref, asset, entry, archive: file, sha256: packed.sha256 }, { files, cache, key });
  if (testimony) await files.writeAtomic(testimonyName(file), testimony);
  await files.rename(temporary, file);
  const root = entry.root === undefined ? {} : { root: entry.root };
  return { ...ref, sha256: packed.sha256, size: packed.sizeBytes, url: path.basename(file), ...root };
}

async function makeOne(project: Project, query: string): Promise<{ ref: EntryRef; asset: Asset }> {
  const run = await openRun(project, ASSETS_ONLY);
  const [asked] = (await choose([query], run)) as [Package];
  await make(asked, run, project);
  const pkg = follow(asked);
  if (pkg.asset) return { ref: entryRef(pkg, run), asset: pkg.asset };
  const hint = 'Only packages that leave an asset can be shared';
  throw new Failure('QUERY_UNKNOWN', `${pkg.label} leaves no asset`, { hint });
}
