// Takes a copy away that nobody wants any more, unless somebody has made it their own.
import type { Disk } from '../disk.ts';
import { findStamp } from '../stamp.ts';
import type { Removal, RemovalResult } from './errand.ts';

export async function removeUnchanged({ file, stamp }: Removal, disk: Disk): Promise<RemovalResult> {
  const found = findStamp(file);
  if (found === undefined) return 'gone';
  if (found !== stamp) return 'changed';
  await disk.unlink(file);
  return 'removed';
}
