// Making a whole tree safe against a crash of the machine.
import { execFile } from 'node:child_process';
import { openSubdir, type Place, pathOf } from './directory.ts';
import type { Disk } from './disk.ts';
import { forEachLimited } from './parallel.ts';
import { listTree, statAt } from './tree.ts';

/**
 * Up to here files are synced one by one; above, the whole file system is (Linux). One by one costs about 0.13 ms for
 * each file, and syncing the file system also writes what others have pending.
 */
const ONE_BY_ONE = 500;

export async function syncTree(disk: Disk, place: Place): Promise<void> {
  if ((await statAt(place)).kind !== 'dir') return await disk.fsync(pathOf(place));
  using dir = openSubdir(place);
  const entries = await listTree(dir);
  if (entries.length > ONE_BY_ONE && (await syncFileSystem(dir.self)))
    return disk.log({ op: 'sync-fs', path: dir.self });
  const files = entries.filter(({ kind }) => kind === 'file');
  await forEachLimited(files, 8, ({ path }) => disk.fsync(dir.path(path)));
  // From the leaves up: a directory is safe when the names in it lead to something that is.
  const dirs = entries.filter(({ kind }) => kind === 'dir').reverse();
  await forEachLimited(dirs, 1, ({ path }) => disk.fsyncDir(dir.path(path)));
  await disk.fsyncDir(dir.self);
}

/** True when it was done: `sync -f` is missing on macOS and on small systems. */
async function syncFileSystem(dir: string): Promise<boolean> {
  if (process.platform !== 'linux') return false;
  // The child cannot see our descriptors, so it looks at ours through our own number.
  const ours = dir.replace('/proc/self/', `/proc/${process.pid}/`);
  return await new Promise((resolve) => execFile('sync', ['-f', ours], (error) => resolve(error === null)));
}
