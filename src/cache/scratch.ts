// A directory for work that has no entry, with a lock of its own for the day on which its process is killed.
import path from 'node:path';
import type { Files } from '../system/files.ts';
import type { HeldLock } from '../system/lock.ts';
import type { Command } from '../system/orphans.ts';
import { randomName } from '../system/temporary.ts';
import type { Layout } from './layout.ts';

export interface Scratch extends AsyncDisposable {
  dir: string;
  /** Until disposed, this command ends with us, at the latest at the next sweep. */
  holdCommand(command: Command): Disposable;
}

/** Nobody else wants its lock; it tells who works there, for the day on which that process is killed. */
export async function makeScratch(
  files: Files,
  layout: Layout,
  lock: (file: string, anchorFile: string) => Promise<HeldLock>,
): Promise<Scratch> {
  const name = randomName();
  const held = await lock(layout.scratchLockFile(name), layout.scratchAnchorFile(name));
  const dir = path.join(layout.scratchDir, name);
  const leave = async () => {
    try {
      await files.removeTree(dir);
    } finally {
      await held.release();
    }
  };
  try {
    await files.ensureDir(layout.scratchDir);
    held.anchor();
    await files.ensureDir(dir);
  } catch (error) {
    await held.release();
    throw error;
  }
  return { dir, holdCommand: (command) => held.holdCommand(command), [Symbol.asyncDispose]: leave };
}
