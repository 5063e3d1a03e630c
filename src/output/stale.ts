// Outputs that the manifest does not ask for any more go, unless somebody has changed them since.

import path from 'node:path';
import { Failure } from '../model/failure.ts';
import type { OutputWish } from '../model/output.ts';
import type { Manager } from './manager.ts';
import type { PlacedOutput } from './record.ts';

/** After a build of everything: what was placed for the manifest and is in none of its outputs is removed. */
export async function removeStale(wishes: readonly OutputWish[], manager: Manager): Promise<void> {
  const wanted = new Set(wishes.map(({ dir, name, product }) => path.join(dir, name ?? product)));
  const isWanted = (file: string): boolean => wanted.has(file) || wanted.has(file.replace(/\.exe$/i, ''));
  for (const output of manager.record.all())
    if (output.isDeclared && !isWanted(output.outputPath)) await remove(output, manager);
}

async function remove({ product, outputPath: file, stamp }: PlacedOutput, manager: Manager): Promise<void> {
  const { couriers, settings, signal, emit, record } = manager;
  const wish = { limitMs: settings.copyTimeout * 1000, signal };
  try {
    await using _ = await manager.lock(file);
    const result = await couriers.remove({ do: 'remove', file, stamp }, wish);
    record.delete(file);
    if (result === 'removed') emit({ type: 'output.removed', product, file });
    if (result === 'changed') stays(file, 'it is not what was placed there', manager);
  } catch (error) {
    if (!(error instanceof Failure) || signal.aborted) throw error;
    // The next build tries again.
    stays(file, error.message, manager);
  }
}

function stays(file: string, reason: string, { emit }: Manager): void {
  const text = `"${file}" is no longer an output of the manifest, and stays: ${reason}`;
  emit({ type: 'log.message', level: 'warn', text });
}
