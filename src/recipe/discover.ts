// Finds the manifest of the project that a directory belongs to. Does not read it.
import { dirname, join } from 'node:path';
import { Failure } from '../model/failure.ts';
import type { Files } from '../system/files.ts';

export const MANIFEST_NAME = 'galley.js';

/**
 * The absolute path of the first galley.js in a directory or above it. A repository root is the last directory that is
 * searched: a project must not depend on what lies around its checkout.
 *
 * @throws Failure MANIFEST_NOT_FOUND
 */
export async function findManifest(startDir: string, files: Pick<Files, 'exists'>): Promise<string> {
  let dir = startDir;
  for (;;) {
    const file = join(dir, MANIFEST_NAME);
    if (await files.exists(file)) return file;
    // A directory in a repository, a file in its work trees and submodules.
    const isRoot = await files.exists(join(dir, '.git'));
    const parent = dirname(dir);
    if (isRoot || parent === dir) throw notFound(startDir, dir);
    dir = parent;
  }
}

function notFound(startDir: string, lastDir: string): Failure {
  const above = startDir === lastDir ? '' : ` or above it, up to "${lastDir}"`;
  return new Failure('MANIFEST_NOT_FOUND', `Cannot find ${MANIFEST_NAME} in "${startDir}"${above}`, {
    hint: 'Run "galley init" in the root of your project, or name a manifest with --manifest',
  });
}
