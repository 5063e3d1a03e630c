// `why --rebuild`: what is not as it was when a package was last built, and for a dependency again why. Makes nothing:
// the key of now is compared with what the markers of earlier entries say.
import type { EntryState } from '../cache/inventory.ts';
import { describeError } from '../model/facts.ts';
import { matchesQuery, parseIdentity } from '../model/identity.ts';
import { isJsonObject, type Json, type JsonObject } from '../model/json.ts';
import type { KeyParts } from '../model/key.ts';
import { compareKeys, type KeyChange } from '../model/key-change.ts';
import { unknownQuery } from '../model/unknown-query.ts';
import { entryRef } from './keying.ts';
import { look } from './listing.ts';
import { follow, type Package } from './package.ts';
import type { Project } from './project.ts';
import type { Run } from './world.ts';

export interface RebuildReason {
  /** The identity, with options. */
  label: string;
  package: string;
  /** Absent when nobody can tell it without fetching something. */
  key?: string;
  /**
   * `hit`: it is in the cache. `changed`: it would be built, as something changed. `absent`: nothing changed since the
   * last run, but it was removed, or nobody has needed it here. `first`: nothing is known of an earlier build.
   * `unknown`: the key cannot be told.
   */
  state: 'hit' | 'changed' | 'absent' | 'first' | 'unknown';
  /** The build that it was compared with: the one before, if there is one. */
  before?: { key: string; builtAt: number };
  /** The most telling first. */
  changes: ChangedInput[];
  /** Why nobody can tell. */
  problem?: string;
}

export interface ChangedInput extends KeyChange {
  /** Of an option that the project does not give. */
  isDefault?: boolean;
  /** Of a dependency. */
  cause?: RebuildReason;
}

/** What is known of one package's earlier builds. */
interface Comparison {
  project: Project;
  run: Run;
  /** Names of the entries that this project was built with last. */
  kept: ReadonlySet<string>;
}

export async function findRebuildReasons(project: Project, query: string): Promise<RebuildReason[]> {
  const run = await look(project);
  const all = run.graph.all().filter((pkg) => !pkg.aliasOf);
  const packages = all.filter(({ request }) => {
    const identity = parseIdentity(request.recipe);
    return identity !== undefined && matchesQuery(query, identity);
  });
  if (packages.length === 0)
    throw unknownQuery(
      query,
      all.map(({ request }) => request.recipe),
    );
  const kept = await project.world.cache.keptFor(project.manifest.file);
  return await Promise.all(packages.map((pkg) => reasonFor(pkg, { project, run, kept })));
}

async function reasonFor(pkg: Package, comparison: Comparison, before?: string): Promise<RebuildReason> {
  const { label, request, key, parts, error } = pkg;
  const about = { label, package: request.recipe };
  if (key === undefined || parts === undefined) {
    const problem = error === undefined ? {} : { problem: describeError(error)[0].message };
    return { ...about, state: 'unknown', changes: [], ...problem };
  }
  const last = await findLast(pkg, parts, comparison, before);
  const state = await stateOf(pkg, comparison, last !== undefined);
  if (!last?.record) return { ...about, key, state, changes: [] };
  const compared = { key: last.ref.key, builtAt: last.record.builtAt };
  const changes = await explain(compareRecords(last, parts), pkg, comparison);
  return { ...about, key, state, before: compared, changes };
}

async function stateOf(pkg: Package, { run, kept }: Comparison, isKnown: boolean): Promise<RebuildReason['state']> {
  const { cache } = run.world;
  const own = entryRef(pkg, run);
  if (await cache.peek(own)) return 'hit';
  if (kept.has(cache.layout.nameOf(own))) return 'absent';
  return isKnown ? 'changed' : 'first';
}

/**
 * The entry that the package was built as before: the one that this project wanted, then the one whose options are
 * nearest, then the newest. An asset that is there is no earlier build of itself.
 */
async function findLast(
  pkg: Package,
  parts: KeyParts,
  { run, kept }: Comparison,
  wantedKey: string | undefined,
): Promise<EntryState | undefined> {
  const { cache } = run.world;
  const own = entryRef(pkg, run);
  const entries = await Array.fromAsync(cache.entries(own.identity));
  const known = entries.filter(({ ref, record }) => record && ref.platform === own.platform && ref.key !== own.key);
  if (wantedKey !== undefined) return known.find(({ ref }) => ref.key === wantedKey);
  const isKept = ({ ref }: EntryState) => Number(kept.has(cache.layout.nameOf(ref)));
  const nearness = ({ record }: EntryState) => -compareKeys(partsOf(record?.keyParts), parts).filter(isOption).length;
  const ranked = known.toSorted(
    (a, b) => isKept(b) - isKept(a) || nearness(b) - nearness(a) || (b.record?.builtAt ?? 0) - (a.record?.builtAt ?? 0),
  );
  return ranked[0];
}

const isOption = ({ part }: KeyChange): boolean => part === 'option';

function compareRecords({ record }: EntryState, parts: KeyParts): KeyChange[] {
  const changes = compareKeys(partsOf(record?.keyParts), parts);
  return changes.length === 0 ? [{ part: 'schema' }] : changes;
}

function partsOf(keyParts: Json | undefined): JsonObject {
  return isJsonObject(keyParts ?? null) ? (keyParts as JsonObject) : {};
}

async function explain(changes: KeyChange[], pkg: Package, comparison: Comparison): Promise<ChangedInput[]> {
  const explained = changes.map(async (change): Promise<ChangedInput> => {
    if (change.part === 'option' && !Object.hasOwn(pkg.request.options, change.name ?? ''))
      return { ...change, isDefault: true };
    const cause = change.part === 'dependency' ? await causeOf(change, pkg, comparison) : undefined;
    return cause ? { ...change, cause } : change;
  });
  return await Promise.all(explained);
}

/** Why a dependency has another key: `acme.zlib@r2 0123…` on both sides. */
async function causeOf(
  { before, after }: KeyChange,
  pkg: Package,
  comparison: Comparison,
): Promise<RebuildReason | undefined> {
  const [identity, key] = String(before ?? '').split(' ');
  const target = pkg.wires
    .map((wire) => follow(wire.target))
    .find((each) => after === `${each.request.recipe} ${each.key}`);
  return target && target.request.recipe === identity ? await reasonFor(target, comparison, key) : undefined;
}
