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

/** In its file behind a line with the digest of both: its version in a line, and then its text. */
interface Remembered {
  version: string;
  text: string;
}

/** What is wrong with a copy need not be wrong with the depot. */
const DOUBTS = ['DEPOT_INVALID', 'DEPOT_UNTRUSTED'] as const;

/**
 * Undefined when the depot has no index. Without a network, what was there last time has to do.
 *
 * @param believe throws when the index may not be used
 */
export async function lookUpIndex(
  depot: Depot,
  { files, layout, signal }: Memory,
  believe: (index: DepotIndex) => Promise<void>,
): Promise<{ index: DepotIndex; from: 'depot' | 'cache' } | undefined> {
  const file = path.join(layout.depotsDir, sha256OfBytes(depot.address).slice(0, 32));
  const ask = (version?: string) => depot.store.read(DEPOT_INDEX, signal, version);
  const accept = async (bytes: Uint8Array): Promise<DepotIndex> => {
    const index = parseIndex(depot.name, bytes);
    await believe(index);
    return index;
  };
  const learn = async (found: Awaited<ReturnType<typeof ask>>) => {
    if (found === undefined) return undefined;
    if (found === 'unchanged') throw sinceNever(depot);
    const index = await accept(found.bytes);
    await files.ensureDir(layout.depotsDir);
    await files.writeAtomic(file, encode({ version: found.version, text: `${Buffer.from(found.bytes)}` }), {
      durable: false,
    });
    return { index, from: 'depot' as const };
  };

  const known = decode(await files.findText(file));
  const found = await ask(known?.version).catch((error: unknown) => {
    if (known && isFailure(error, 'OFFLINE')) return 'unchanged' as const;
    throw error;
  });
  if (found !== 'unchanged' || known === undefined) return await learn(found);
  try {
    return { index: await accept(Buffer.from(known.text)), from: 'cache' };
  } catch (doubt) {
    if (!DOUBTS.some((code) => isFailure(doubt, code))) throw doubt;
    const again = await ask().catch((error: unknown) => {
      throw isFailure(error, 'OFFLINE') ? doubt : error;
    });
    return await learn(again);
  }
}

function sinceNever({ name }: Depot): Failure {
  return new Failure('FETCH_FAILED', `Cannot use depot "${name}": it says that nothing has changed since never`);
}

function encode({ version, text }: Remembered): string {
  const both = `${version}\n${text}`;
  return `${sha256OfBytes(both)}\n${both}`;
}

/** Undefined for what was cut off, as a file that was not synced may be, or has rotted: a depot would be blamed for it. */
function decode(kept = ''): Remembered | undefined {
  const [digest, both] = splitLine(kept);
  if (sha256OfBytes(both) !== digest) return undefined;
  const [version, text] = splitLine(both);
  return { version, text };
}

function splitLine(text: string): [line: string, rest: string] {
  const end = text.indexOf('\n');
  return [text.slice(0, Math.max(end, 0)), text.slice(end + 1)];
}
