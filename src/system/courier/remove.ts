// Takes a copy away that nobody wants any more, unless somebody has made it their own.

import { lstat } from 'node:fs/promises';
import { sha256OfFile } from '../digest.ts';
import type { Disk } from '../disk.ts';
import { unlessMissing } from '../errno.ts';
import { statOf } from '../stat.ts';
import type { Removal, RemovalResult } from './errand.ts';

export async function removeUnchanged({ file, sha256 }: Removal, disk: Disk): Promise<RemovalResult> {
  const stat = await unlessMissing(lstat(file));
  if (stat === undefined) return 'gone';
  if (statOf(stat).kind !== 'file' || (await sha256OfFile(file)) !== sha256) return 'changed';
  await disk.unlink(file);
  return 'removed';
}
