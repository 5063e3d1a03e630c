// A finished install becomes an asset: everything that names the work directory is found first, then the entry commits.
import type { Asset } from '../cache/record.ts';
import type { Json } from '../model/json.ts';
import { leaveLock } from './holding.ts';
import { makingOf } from './making.ts';
import type { Package } from './package.ts';
import { completeSources } from './sources.ts';
import type { Run } from './world.ts';

/** @throws Failure ASSET_NAMES_WORK_DIR */
export async function publish(pkg: Package, run: Run): Promise<void> {
  const { entry, parts } = pkg;
  if (!entry || !parts) throw new Error(`${pkg.label} holds no entry`);
  const asset = await entry.publish({
    keyParts: parts as unknown as Json,
    sources: completeSources(pkg, run),
    builtAt: run.world.clock.now(),
    making: makingOf(pkg, run),
  });
  if (asset.warnings.length > 0) warn(mentions(asset.warnings), pkg, run);
  for (const { message } of asset.leftovers)
    warn(`${message}; what is left there goes with "galley cache gc"`, pkg, run);
  await settlePublished(pkg, asset, run);
}

/** The asset is there, so the lock is not needed any more. */
export async function settlePublished(pkg: Package, asset: Asset, run: Run): Promise<void> {
  pkg.asset = asset;
  const { assetDir, key } = asset;
  const { files, sizeBytes } = asset.record;
  run.world.emit({ type: 'entry.published', package: pkg.label, key, assetDir, files, sizeBytes });
  await leaveLock(pkg, run);
}

function mentions(names: readonly string[]): string {
  const [first, ...others] = names;
  const more = others.length === 0 ? '' : ` and ${others.length} more`;
  return `The work directory, which is gone now, is mentioned in "${first}"${more}`;
}

function warn(text: string, pkg: Package, { world }: Run): void {
  world.emit({ type: 'log.message', package: pkg.label, phase: 'install', level: 'warn', text });
}
