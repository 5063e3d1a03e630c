// The digest of an asset that is the same in every cache: what a statement calls it by.
import path from 'node:path';
import type { Cache } from '../../cache/cache.ts';
import type { EntryRef } from '../../cache/layout.ts';
import { portableTree } from '../../cache/portable.ts';
import type { Asset } from '../../cache/record.ts';
import { ARCHIVED_ASSETS, type ArchivedEntry } from '../../model/archived-entry.ts';
import type { Sha256 } from '../../model/digest.ts';
import { Failure } from '../../model/failure.ts';
import { canonicalJson } from '../../model/json.ts';
import { sha256OfBytes } from '../../system/digest.ts';
import type { Files } from '../../system/files.ts';

/** All that was asked for of the tree, whatever an archive says beside it. */
export function treeDigest({ fingerprint, links }: Pick<ArchivedEntry, 'fingerprint' | 'links'>): Sha256 {
  return sha256OfBytes(canonicalJson({ fingerprint, links }));
}

/** Reads all of an asset. @throws Failure ASSET_DAMAGED */
export async function readTreeDigest(
  { identity }: Pick<EntryRef, 'identity'>,
  { assetDir, record }: Asset,
  { files, cache }: { files: Files; cache: Cache },
): Promise<Sha256> {
  const { assetsDir } = cache.layout;
  const target = { assetsDir, entryPath: path.relative(assetsDir, path.dirname(assetDir)) };
  const tree = await portableTree(assetDir, { files, target, assets: ARCHIVED_ASSETS });
  if (tree.found === record.fingerprint) return treeDigest(tree);
  throw new Failure('ASSET_DAMAGED', `Cannot state what ${identity} is: its asset is no longer what was published`, {
    hint: 'Run "galley cache verify --repair"',
    package: identity,
    facts: { path: assetDir },
  });
}
