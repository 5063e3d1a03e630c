// galley.lock on disk: read strictly, and changed line by line, as another process may change it too.
import { EMPTY_LOCK_FILE, type LockChange, type LockFile, lockKey } from '../../model/lock-file.ts';
import { demandValue } from '../../model/problems.ts';
import { formatLockFile, parseLockFile } from '../../recipe/lockfile.ts';
import { sha256OfBytes } from '../../system/digest.ts';
import type { Files } from '../../system/files.ts';
import type { Project } from '../project.ts';

/** @throws Problems with LOCK_FILE_INVALID */
export async function readLockFile(file: string, files: Files): Promise<LockFile> {
  return parseLock(await files.findText(file), file);
}

export function parseLock(text: string | undefined, file: string): LockFile {
  return text === undefined ? EMPTY_LOCK_FILE : demandValue(parseLockFile(text, file));
}

/** Changes whatever the file holds by now. */
export async function changeLockFile(project: Project, changes: readonly LockChange[]): Promise<void> {
  if (changes.length === 0) return;
  await rewriteLockFile(project, (text) => withChanges(parseLock(text, project.lockFile), changes));
}

export function withChanges(lock: LockFile, changes: readonly LockChange[]): LockFile {
  const changed = new Map(lock);
  for (const { before, after } of changes) {
    if (after) changed.set(lockKey(after), after);
    else if (before) changed.delete(lockKey(before));
  }
  return changed;
}

/** Makes another file of the text, while nobody else writes it. */
export async function rewriteLockFile(project: Project, edit: (text: string | undefined) => LockFile): Promise<void> {
  const { lockFile, manifest, world } = project;
  const name = `lock-file-${sha256OfBytes(manifest.rootDir).slice(0, 16)}`;
  const held = await world.cache.lockName(name, { signal: world.signal });
  try {
    await world.files.writeIfChanged(lockFile, formatLockFile(edit(await world.files.findText(lockFile))));
  } finally {
    await held.release();
  }
}
