// `provenance`: who made an asset from what. Told of what was made here by what its record says; of what was made
// elsewhere by the statement that came with it, since nobody can speak for another builder.
import type { Cache } from '../../cache/cache.ts';
import type { EntryRef } from '../../cache/layout.ts';
import type { Asset } from '../../cache/record.ts';
import type { Sha256 } from '../../model/digest.ts';
import { Failure } from '../../model/failure.ts';
import type { KeyParts } from '../../model/key.ts';
import { isUserManaged } from '../../model/recipe.ts';
import type { Files } from '../../system/files.ts';
import type { SigningKey } from '../../system/signature.ts';
import { entryRef } from '../keying.ts';
import { look } from '../listing.ts';
import type { Package } from '../package.ts';
import type { Project } from '../project.ts';
import type { Run } from '../world.ts';
import { seal } from './envelope.ts';
import { type ArchiveDigest, formatStatement } from './statement.ts';
import { readTreeDigest } from './tree-digest.ts';

export interface ProvenanceTools {
  files: Files;
  cache: Cache;
  /** Absent: the statement is not signed. */
  key?: SigningKey | undefined;
}

/**
 * One line for each package: a statement, or an envelope with it.
 *
 * @throws Failure QUERY_UNKNOWN, PROVENANCE_UNKNOWN, ASSET_DAMAGED
 */
export async function stateAll(
  project: Project,
  queries: readonly string[],
  key: SigningKey | undefined,
): Promise<string[]> {
  const run = await look(project);
  const { files, cache } = run.world;
  const lines: string[] = [];
  for (const pkg of choosePackages(queries, run)) {
    const asset = pkg.key === undefined ? undefined : await cache.find(entryRef(pkg, run));
    if (!asset) throw unknown(pkg.label, 'it is not in the cache', `Run "galley install ${pkg.request.recipe}"`);
    lines.push(await state(entryRef(pkg, run), asset, {}, { files, cache, key }));
  }
  return lines;
}

/** Nothing is stated of what leaves no asset. */
function choosePackages(queries: readonly string[], run: Run): Package[] {
  if (queries.length > 0) return queries.map((query) => run.graph.pick(query));
  const own = run.graph.all().filter((pkg) => pkg.inManifest && !pkg.aliasOf && !pkg.skipped);
  return own.filter(({ loaded }) => !loaded || !isUserManaged(loaded.recipe));
}

/** What is known of an asset that is about to be shared, so that it need not be read again. */
export interface Shared {
  tree?: Sha256;
  archive?: ArchiveDigest;
}

/**
 * The statement of an asset; one that came with it is handed on as it came.
 *
 * @throws Failure PROVENANCE_UNKNOWN, ASSET_DAMAGED
 */
export async function state(ref: EntryRef, asset: Asset, shared: Shared, tools: ProvenanceTools): Promise<string> {
  const { record } = asset;
  const { making, provenance } = record;
  if (provenance !== undefined) return provenance;
  if (!making) {
    const hint = 'Make it here with "galley install --rebuild", and it will be known';
    throw unknown(ref.identity, 'it was imported without, or made by an older galley', hint);
  }
  const tree = shared.tree ?? (await readTreeDigest(ref, asset, tools));
  const assets = await treesOf(ref, asset, tools);
  const statement = formatStatement({ ref, record, making, tree, assets, archive: shared.archive });
  return tools.key ? seal(statement, tools.key) : statement;
}

/** Of what the asset was made with: as far as it is still there, and still the same. */
async function treesOf(
  { platform }: EntryRef,
  { record }: Asset,
  tools: ProvenanceTools,
): Promise<Map<string, Sha256>> {
  const trees = new Map<string, Sha256>();
  const { dependencies } = record.keyParts as unknown as KeyParts;
  for (const text of new Set(Object.values(dependencies))) {
    const [identity, key] = text.split(' ') as [string, string];
    const found = await tools.cache.find({ identity, platform, key });
    if (found && found.record.fingerprint === record.making?.assets[key])
      trees.set(key, await readTreeDigest({ identity }, found, tools));
  }
  return trees;
}

function unknown(name: string, reason: string, hint: string): Failure {
  return new Failure('PROVENANCE_UNKNOWN', `Cannot tell how ${name} was made: ${reason}`, { hint, package: name });
}
