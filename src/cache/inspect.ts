// Reads many holdings of a cache again, several at once, beside processes that use and replace them.
import path from 'node:path';
import { isErrno } from '../system/errno.ts';
import type { Files } from '../system/files.ts';
import { forEachLimited } from '../system/parallel.ts';
import type { Difference } from './fingerprint.ts';
import type { Holding } from './holdings.ts';
import type { Layout } from './layout.ts';
import { fingerprintFileOf } from './recipes.ts';
import { type Asset, isSameRoot, readRecord } from './record.ts';
import type { Use } from './use.ts';
import { verifyAsset, verifyDownload, verifyRecipe } from './verify.ts';

/** A holding that was read again. */
export interface Inspected {
  holding: Holding;
  /** Sorted; empty when all is well. */
  differences: Difference[];
  /** The asset, where it is one: as it was when it was read. */
  asset?: Asset;
}

export interface InspectorParts {
  files: Files;
  layout: Layout;
  use: Use;
  signal: AbortSignal;
}

/** A disk reads one while another is hashed; each of them reads several files at once. */
const AT_ONCE = 3;

/** Reads what has a digest to compare with. What is gone meanwhile is not told. */
export async function inspect(
  holdings: readonly Holding[],
  parts: InspectorParts,
  onInspected: (inspected: Inspected) => void,
): Promise<Inspected[]> {
  const all: Inspected[] = [];
  await forEachLimited(holdings, AT_ONCE, async (holding) => {
    parts.signal.throwIfAborted();
    await parts.use.announce(path.join(parts.layout.rootDir, holding.unit));
    const found = await read(holding, parts);
    if (found === undefined) return;
    const inspected = { holding, ...found };
    all.push(inspected);
    onInspected(inspected);
  });
  return all.sort((a, b) => (a.holding.path < b.holding.path ? -1 : 1));
}

type Found = Omit<Inspected, 'holding'> | undefined;

async function read(holding: Holding, parts: InspectorParts): Promise<Found> {
  const { files, layout } = parts;
  const file = path.join(layout.rootDir, holding.path);
  try {
    if (holding.kind === 'asset') return await inspectAsset(file, parts);
    if (holding.kind === 'recipe' && (await files.exists(file)))
      return { differences: await verifyRecipe(parts, file, fingerprintFileOf(file)) };
    if (holding.kind === 'download') return { differences: await verifyDownload(file, parts.signal) };
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error;
  }
  return undefined;
}

async function inspectAsset(entryDir: string, parts: InspectorParts): Promise<Found> {
  const { files, layout } = parts;
  const ref = layout.refOf(entryDir);
  const paths = layout.entry(ref);
  const record = await readRecord(files, paths);
  if (record === undefined) return undefined;
  const differences = await verifyAsset(parts, paths, record);
  const found = { differences, asset: { assetDir: paths.assetDir, key: ref.key, record } };
  if (differences.length === 0) return found;
  // Made again while it was read: what was found is about two trees.
  const after = await readRecord(files, paths);
  return after && isSameRoot(after, record) ? found : await inspectAsset(entryDir, parts);
}
