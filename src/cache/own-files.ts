// A tree whose files are its own: what an install has hard-linked from elsewhere would lose its permissions there with
// the asset, and whoever writes to it there would write to the asset.
import path from 'node:path';
import type { Files } from '../system/files.ts';
import { forEachLimited } from '../system/parallel.ts';
import type { FileStat } from '../system/stat.ts';
import { temporaryName } from '../system/temporary.ts';
import type { TreeEntry } from '../system/tree.ts';

const AT_ONCE = 4;

/** Copies the files that have names outside of the tree too. Those that only the tree has stay linked to one another. */
export async function ownFiles(
  files: Files,
  dir: string,
  entries: readonly TreeEntry[],
  signal?: AbortSignal,
): Promise<void> {
  const linked = new Map<string, { stat: FileStat; names: string[] }>();
  for (const { path: name, kind } of entries) {
    if (kind !== 'file') continue;
    const stat = await files.stat(`${dir}/${name}`);
    if (stat.links === 1) continue;
    const id = `${stat.device} ${stat.inode}`;
    const file = linked.get(id) ?? { stat, names: [] };
    linked.set(id, file);
    file.names.push(`${dir}/${name}`);
  }
  const shared = [...linked.values()].filter(({ stat, names }) => stat.links > names.length);
  await forEachLimited(shared, AT_ONCE, async ({ stat, names: [first = '', ...others] }) => {
    signal?.throwIfAborted();
    await replace(files, first, async (temporary) => {
      await files.copyFile(first, temporary, signal);
      await files.setModified(temporary, stat.mtimeMs);
    });
    for (const name of others) await replace(files, name, (temporary) => files.link(first, temporary));
  });
}

async function replace(files: Files, file: string, make: (temporary: string) => Promise<void>): Promise<void> {
  const dir = path.dirname(file);
  const { mode } = await files.stat(dir);
  // It becomes read-only again with the asset.
  if ((mode & 0o300) !== 0o300) await files.chmod(dir, mode | 0o300);
  const temporary = path.join(dir, temporaryName(path.basename(file)));
  await make(temporary);
  await files.rename(temporary, file);
}
