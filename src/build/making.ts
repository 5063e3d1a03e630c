// What the record of an asset keeps of its making: who, when, with which galley, and where the recipe came from. Refuses
// to name paths of this machine, as records travel.
import path from 'node:path';
import type { Asset, Making } from '../cache/record.ts';
import type { Sha256 } from '../model/digest.ts';
import { isBundle } from '../model/manifest.ts';
import { isKeyed } from '../model/phase.ts';
import { redactUrl } from '../model/redact.ts';
import { isBelow } from '../system/source.ts';
import { follow, loadedOf, type Package } from './package.ts';
import type { Run } from './world.ts';
import { writtenSource } from './written.ts';

export function makingOf(pkg: Package, run: Run): Making {
  const { clock, version, builder } = run.world;
  const { invocation } = run;
  return {
    ...{ startedAt: pkg.lockedAt ?? clock.now(), version, builder, invocation },
    recipe: recipeOrigin(pkg, run),
    assets: Object.fromEntries(assetsOf(pkg).map(({ key, record }) => [key, record.fingerprint])),
  };
}

/** What payload phases have used. */
function assetsOf({ wires }: Package): Asset[] {
  return wires.flatMap(({ dependency, target }) => (isKeyed(dependency.neededBy) && follow(target).asset) || []);
}

/** What was fetched tells its address and bytes; what was at hand, its place in whatever it belongs to. */
export function recipeOrigin(pkg: Package, run: Run): Making['recipe'] {
  const { source, owner } = writtenSource(pkg) ?? {};
  if (owner && source?.form === 'url') {
    const pin = run.pins.find(owner, source.url);
    const sha256 = source.sha256 ?? pin?.sha256;
    return { uri: redactUrl(pin?.url ?? source.url), ...(sha256 !== undefined && { sha256: sha256 as Sha256 }) };
  }
  const { recipe, scope } = loadedOf(pkg);
  const { recipesDir } = run.world;
  const { rootDir } = run.manifest;
  if (isBelow(recipesDir, recipe.file)) return { uri: `galley:recipes/${relative(recipesDir, recipe.file)}` };
  if (isBelow(rootDir, recipe.file)) return { uri: relative(rootDir, recipe.file) };
  const inBundle = isBundle(scope) && isBelow(scope.rootDir, recipe.file);
  if (inBundle) return { uri: `galley:bundle/${scope.identity}/${relative(scope.rootDir, recipe.file)}` };
  return { uri: `galley:elsewhere/${path.basename(recipe.file)}` };
}

function relative(dir: string, file: string): string {
  return path.relative(dir, file).split(path.sep).map(encodeURIComponent).join('/').replaceAll('%40', '@');
}
