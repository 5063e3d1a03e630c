// The directories of a cache in which things of one kind lie, reached from its root with no link on the way: what a link
// leads to is somebody else's, nothing to list and still less to remove.
import path from 'node:path';
import { type DirHandle, openInside } from '../system/directory.ts';
import { isErrno } from '../system/errno.ts';
import type { Files } from '../system/files.ts';
import type { Layout } from './layout.ts';

/** @throws Failure IO_ERROR: ENOENT, or ENOTDIR or ELOOP for a link or file on the way */
export function openShelf({ rootDir }: Layout, dir: string): DirHandle {
  return openInside(rootDir, path.relative(rootDir, dir).split(path.sep).filter(Boolean));
}

/** The names in it, sorted; none where there is no such directory. */
export async function listShelf({ files, layout }: { files: Files; layout: Layout }, dir: string): Promise<string[]> {
  try {
    using shelf = openShelf(layout, dir);
    return await files.list(shelf.self);
  } catch (error) {
    if (!isErrno(error, 'ENOENT', 'ENOTDIR', 'ELOOP')) throw error;
    return [];
  }
}
