// Tells the cache what a project wants kept for as long as its manifest exists. It costs a rebuild at most if that fails.
import { isFailure } from '../model/failure.ts';
import { isUserManaged } from '../model/recipe.ts';
import { entryRef } from './keying.ts';
import type { Package } from './package.ts';
import type { Project } from './project.ts';
import type { Run } from './world.ts';

/**
 * Every package of the graph counts, also a compiler that nobody needed this time: the next edit would need it again.
 *
 * @param isWhole whether the run looked at the whole project, so that what is not in it is not wanted any more
 * @returns the file of the note, if it could be written
 */
export async function keepAssets(
  { manifest, world }: Project,
  run: Run,
  isWhole: boolean,
): Promise<string | undefined> {
  const packages = run.graph.all().filter(leavesAsset);
  const entries = packages.map((pkg) => entryRef(pkg, run));
  try {
    return await world.cache.keepFor({ manifest: manifest.file, entries, isWhole });
  } catch (error) {
    if (!isFailure(error, 'IO_ERROR') && !isFailure(error, 'NO_SPACE')) throw error;
    const text = `A cleaning of the cache will not know what this project uses: ${error.message}`;
    world.emit({ type: 'log.message', level: 'debug', text });
    return undefined;
  }
}

function leavesAsset({ aliasOf, key, loaded, error }: Package): boolean {
  if (aliasOf || key === undefined || error !== undefined) return false;
  return loaded !== undefined && !isUserManaged(loaded.recipe);
}
