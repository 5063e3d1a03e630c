// The index of a depot as it was last time, kept in the cache: an index of many thousand entries costs one question when
// nothing has changed. It is believed no more than one that comes from the depot itself.
import path from 'node:path';
import type { Layout } from '../../cache/layout.ts';
import { DEPOT_INDEX, type DepotIndex } from '../../model/depot.ts';
import { Failure, isFailure } from '../../model/failure.ts';
import { sha256OfBytes } from '../../system/digest.ts';
import type { Files } from '../../system/files.ts';
import { type Depot, parseIndex } from './depot.ts';

export interface Memory {
  files: Files;
  layout: Layout;
  signal: AbortSignal;
}

/** Its version in the first line, and then its text. */
interface Remembered {
  version: string;
  text: string;
}

/** Undefined when the depot has no index. Without a network, what was there last time has to do. */
export async function lookUpIndex(
  depot: Depot,
  { files, layout, signal }: Memory,
): Promise<{ index: DepotIndex; from: 'depot' | 'cache' } | undefined> {
  const file = path.join(layout.depotsDir, sha256OfBytes(depot.address).slice(0, 32));
  const known = await recall(file, files);
  const found = await depot.store.read(DEPOT_INDEX, signal, known?.version).catch((error: unknown) => {
    if (known && isFailure(error, 'OFFLINE')) return 'unchanged' as const;
    throw error;
  });
  if (found === undefined) return undefined;
  if (found === 'unchanged') {
    if (known === undefined)
      throw new Failure(
        'FETCH_FAILED',
        `Cannot use depot "${depot.name}": it says that nothing has changed since never`,
      );
    return { index: parseIndex(depot.name, Buffer.from(known.text)), from: 'cache' };
  }
  const index = parseIndex(depot.name, found.bytes);
  await files.ensureDir(layout.depotsDir);
  await files.writeAtomic(file, `${found.version}\n${Buffer.from(found.bytes)}`, { durable: false });
  return { index, from: 'depot' };
}

async function recall(file: string, files: Files): Promise<Remembered | undefined> {
  const kept = await files.findText(file);
  const end = kept?.indexOf('\n') ?? -1;
  // A file that was not synced may be cut off.
  if (kept === undefined || end < 1 || !kept.endsWith('}\n')) return undefined;
  return { version: kept.slice(0, end), text: kept.slice(end + 1) };
}
