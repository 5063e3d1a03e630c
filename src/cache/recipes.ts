// Recipes that came from elsewhere: verified once, then never changed, by identity and digest.
import path from 'node:path';
import { isErrno } from '../system/errno.ts';
import type { Files } from '../system/files.ts';
import { temporaryName } from '../system/temporary.ts';
import { encodeFingerprint, fingerprintTree } from './fingerprint.ts';
import type { Layout } from './layout.ts';
import type { Use } from './use.ts';

export interface RecipeParts {
  files: Files;
  layout: Layout;
  announce: Use['announce'];
  signal: AbortSignal;
}

/**
 * The directory of a recipe; when it is not there, `fill` makes its content in a fresh one.
 *
 * Two processes may fill at the same time: the first one's directory stays, and as both are of one digest, it does not
 * matter which.
 */
export async function ensureRecipe(
  { files, layout, announce, signal }: RecipeParts,
  identity: string,
  digest: string,
  fill: (freshDir: string) => Promise<void>,
): Promise<string> {
  const parentDir = path.join(layout.recipesDir, identity);
  const dir = path.join(parentDir, digest);
  await announce(dir);
  if (await files.exists(dir)) return dir;
  const freshDir = path.join(parentDir, temporaryName(digest));
  await files.ensureDir(freshDir);
  try {
    await fill(freshDir);
    await files.makeReadOnly(freshDir);
    await files.writeAtomic(
      fingerprintFileOf(dir),
      encodeFingerprint(await fingerprintTree(files, freshDir, { signal })),
    );
    await files.syncTree(freshDir);
    await files.rename(freshDir, dir);
    await files.fsyncDir(parentDir);
  } catch (error) {
    await files.removeTree(freshDir);
    // rename(2) refuses a directory that is not empty: somebody else was first.
    if (!isErrno(error, 'ENOTEMPTY', 'EEXIST')) throw error;
  }
  return dir;
}

const FINGERPRINT = '.fingerprint';

/** What exactly was fetched: beside the directory, so that nobody takes it for a file of the recipe. */
export function fingerprintFileOf(dir: string): string {
  return `${dir}${FINGERPRINT}`;
}

/** The directory that such a file belongs to; undefined when the name is no such file's. */
export function recipeOfFingerprint(name: string): string | undefined {
  return name.endsWith(FINGERPRINT) ? name.slice(0, -FINGERPRINT.length) : undefined;
}
