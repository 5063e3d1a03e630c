// The archive of an asset is made: the tree as it would be in every cache, behind a description of what it is.
import path from 'node:path';
import { findTargetProblem } from '../../archive/names.ts';
import { type Packed, packTree } from '../../archive/pack.ts';
import type { EntryRef, Layout } from '../../cache/layout.ts';
import { moveAssets, type PortableTree, portableTree } from '../../cache/portable.ts';
import type { Asset } from '../../cache/record.ts';
import {
  ARCHIVED_ASSETS,
  ARCHIVED_ENTRY,
  ARCHIVED_TREE,
  type ArchivedEntry,
  encodeArchivedEntry,
} from '../../model/archived-entry.ts';
import { Failure } from '../../model/failure.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Files } from '../../system/files.ts';

export interface ArchiveTools {
  files: Files;
  layout: Layout;
  signal: AbortSignal;
}

/**
 * Makes the archive of an asset, as a file that must not exist yet.
 *
 * @throws Failure NOT_PORTABLE, ASSET_DAMAGED
 */
export async function packAsset(
  ref: EntryRef,
  { assetDir, record }: Asset,
  file: string,
  { files, layout, signal }: ArchiveTools,
): Promise<{ entry: ArchivedEntry; packed: Packed }> {
  const { assetsDir, rootDir } = layout;
  const target = { assetsDir, entryPath: path.relative(assetsDir, path.dirname(assetDir)) };
  const tree = await portableTree(assetDir, { files, target, assets: ARCHIVED_ASSETS, signal });
  // A disk that forgets must not speak for everybody who imports.
  if (tree.found !== record.fingerprint) throw damaged(ref, assetDir);
  refuseOutside(ref, tree);
  const entry: ArchivedEntry = {
    ...ref,
    keyParts: record.keyParts as JsonObject,
    sources: record.sources,
    runtime: record.runtime,
    fingerprint: tree.fingerprint,
    texts: tree.texts,
    links: tree.links,
    ...(tree.isBound && { root: rootDir }),
  };
  const content = async (name: string) =>
    moveAssets(await files.readBytes(`${assetDir}/${name}`), assetsDir, ARCHIVED_ASSETS);
  const packing = {
    first: [{ name: ARCHIVED_ENTRY, content: encodeArchivedEntry(entry) }],
    tree: {
      dir: assetDir,
      name: ARCHIVED_TREE,
      leaveOut: new Set(Object.keys(tree.links)),
      replace: { names: new Set(tree.texts), content },
    },
  };
  return { entry, packed: await packTree(packing, file, { files, signal }) };
}

/** Whoever unpacks an archive refuses links that leave it, so that nobody has to wonder where they lead. */
function refuseOutside(ref: EntryRef, { ownLinks }: PortableTree): void {
  for (const [name, target] of Object.entries(ownLinks)) {
    const problem = findTargetProblem(target, name.split('/').length - 1);
    if (problem === undefined) continue;
    throw new Failure('NOT_PORTABLE', `Cannot export ${ref.identity}: "${name}" in its asset ${problem}`, {
      hint: 'Only links that stay in the asset, or lead to the asset of a dependency, work on another machine',
      package: ref.identity,
    });
  }
}

function damaged({ identity }: EntryRef, assetDir: string): Failure {
  return new Failure('ASSET_DAMAGED', `Cannot export ${identity}: its asset is no longer what was published`, {
    hint: 'Run "galley cache verify --repair"',
    package: identity,
    facts: { path: assetDir },
  });
}
