// Outputs that the manifest does not ask for any more go, unless somebody has changed them since.

import path from 'node:path';
import { Failure } from '../model/failure.ts';
import type { OutputWish } from '../model/output.ts';
import type { Manager } from './manager.ts';
import { isFor } from './placement.ts';
import type { PlacedOutput } from './record.ts';

/** After a build of everything: what was placed for the manifest and is in none of its outputs is removed. */
export async function removeStale(wishes: readonly OutputWish[], manager: Manager): Promise<void> {
  for (const output of manager.record.all())
    if (output.isDeclared && !wishes.some((wish) => isWanted(output, wish))) await remove(output, manager);
}

/** By what the output was placed for: the same name may be wanted for another platform only. */
function isWanted({ outputPath, platform }: PlacedOutput, wish: OutputWish): boolean {
  if (!isFor(wish, platform)) return false;
  const named = path.join(wish.dir, wish.name ?? wish.product);
  return outputPath === named || (platform.startsWith('windows-') && outputPath === `${named}.exe`);
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
