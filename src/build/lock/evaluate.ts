// The packages of a project on any platform, as far as declarations tell: recipes are evaluated, choices are made, and
// every source is found. Nothing of a package runs. What only running would tell is answered as such.

import { parseSha256 } from '../../model/digest.ts';
import { describeError } from '../../model/facts.ts';
import { isFailure } from '../../model/failure.ts';
import { commitOf } from '../../model/git.ts';
import type { SourceOwner } from '../../model/lock-file.ts';
import type { FoundSource } from '../../model/pin.ts';
import { Problems } from '../../model/problems.ts';
import { redactUrl } from '../../model/redact.ts';
import type { FetchItem } from '../../model/verb.ts';
import { loadAll } from '../engine.ts';
import { loadedOf, type Package } from '../package.ts';
import { filesOf } from '../pins.ts';
import { ASSETS_ONLY, openRun, type Project, type RunWish } from '../project.ts';
import { findRefusals } from '../refusals.ts';
import { dependsOnMore } from '../sources.ts';
import type { Run } from '../world.ts';
import { askFetch } from './asking.ts';

/** A package, or a source of one, that galley.lock does not know all of, and why. */
export interface Unlocked {
  package: string;
  source?: string;
  reason: string;
}

export interface Evaluation {
  run: Run;
  unlocked: Unlocked[];
}

export interface EvaluationWish extends Pick<RunWish, 'lock' | 'moves'> {
  /** False: what is not in galley.lock is only named. */
  asksNetwork: boolean;
}

type UrlItem = FetchItem & { form: 'url' };

export async function evaluate(project: Project, { asksNetwork, ...wish }: EvaluationWish): Promise<Evaluation> {
  const { world } = project;
  const policy = { ...world.policy, frozen: !asksNetwork, failFast: false, onlyLooks: true, onlyEvaluates: true };
  const quiet = { ...project, world: { ...world, policy, emit: () => {} } };
  const run = await openRun(quiet, { ...ASSETS_ONLY, mustBeComplete: true, ...wish });
  await loadAll(run);
  // Past this rung every weak dependency is settled.
  await Promise.allSettled(run.graph.all().map((pkg) => run.ladder.reach(pkg.id, 'resolve')));
  const packages = run.graph.all().filter((pkg) => !pkg.aliasOf && !pkg.skipped);
  const unlocked = await Promise.all(packages.map((pkg) => lockPackage(pkg, run, asksNetwork)));
  world.signal.throwIfAborted();
  return { run, unlocked: unlocked.flat() };
}

async function lockPackage(pkg: Package, run: Run, asksNetwork: boolean): Promise<Unlocked[]> {
  const open = (reason: string): Unlocked => ({ package: pkg.label, reason });
  if (!pkg.loaded) return [open(await reasonOf(run.ladder.reach(pkg.id, 'recipe')))];
  const refusals = findRefusals(pkg, run).filter(({ code }) => code !== 'FROZEN');
  if (refusals.length > 0) return refusals.map(({ message }) => open(message));
  const { fetch } = loadedOf(pkg).recipe;
  if (fetch === undefined) return [];
  if (fetch.form === 'items') return lockItems(pkg, fetch.items, { run, asksNetwork });
  if (!dependsOnMore(pkg) && run.pins.findFunction(pkg)) return [];
  const isKnown = dependsOnMore(pkg) && run.pins.keep(filesOf(pkg));
  if (isKnown) return [];
  const items = dependsOnMore(pkg) ? undefined : await askFetch(pkg, fetch, run).catch(failureOf);
  if (items === undefined) return [open('Only running its fetch function tells what it fetches')];
  if (!Array.isArray(items)) return [open(items.message)];
  const unlocked = await lockItems(pkg, items, { run, asksNetwork });
  const sources = items.flatMap((item) => (item.form === 'url' ? [item.url] : []));
  if (unlocked.length === 0 && sources.length === items.length) run.pins.addFunction(pkg, sources);
  return unlocked;
}

interface Asking {
  run: Run;
  asksNetwork: boolean;
}

async function lockItems(pkg: Package, items: readonly FetchItem[], asking: Asking): Promise<Unlocked[]> {
  const open = await Promise.all(
    items.map(async (item): Promise<Unlocked[]> => {
      if (item.form === 'path') return [];
      const failure = await lockItem(filesOf(pkg), item, asking).then(() => undefined, failureOf);
      return failure ? [{ package: pkg.label, source: redactUrl(item.url), reason: failure.message }] : [];
    }),
  );
  return open.flat();
}

async function lockItem(owner: SourceOwner, item: UrlItem, { run, asksNetwork }: Asking): Promise<void> {
  const { url: source, sha256 } = item;
  if (run.pins.findSame(owner, source, sha256)) return;
  run.pins.add(owner, asksNetwork ? await find(owner, item, run) : { source, url: source, sha256: parse(sha256) });
}

/** Where a source is and which bytes it has; fetched only where neither recipe, registry nor another platform says. */
async function find(owner: SourceOwner, item: UrlItem, run: Run): Promise<FoundSource> {
  const { fetcher, lanes, signal } = run.world;
  const { url: source } = item;
  const located = await lanes.use('network', () => fetcher.resolve(item, signal), signal);
  const own = parse(item.sha256);
  const elsewhere = run.pins.findElsewhere(owner, source, located.url);
  if (elsewhere && (own === undefined || own === elsewhere.sha256)) return { source, ...elsewhere };
  const { url, sizeBytes, sha256 = own } = located;
  if (own !== undefined) return { source, url, sizeBytes, sha256: own };
  if (sha256 !== undefined || commitOf(source) !== undefined) return { source, url, sizeBytes, sha256 };
  return await lanes.use('network', () => fetcher.download(item, { signal, package: owner.package }), signal);
}

function parse(sha256: string | undefined) {
  return sha256 === undefined ? undefined : parseSha256(sha256);
}

async function reasonOf(rung: Promise<unknown>): Promise<string> {
  return rung.then(
    () => 'It is not loaded',
    (error: unknown) => describeError(error)[0].message,
  );
}

/** A bug of ours is no reason. */
function failureOf(error: unknown): { message: string } {
  if (isFailure(error) || error instanceof Problems) return { message: describeError(error)[0].message };
  throw error;
}
