// galley.lock of a project as its readers see it.
import { readFile, writeFile } from 'node:fs/promises';
import type { LockRecord } from '../../src/model/lock-file.ts';
import type { Project } from './project.ts';

/** The platform that the tests run on, as records name it. */
export const PLATFORM = `${process.platform === 'darwin' ? 'darwin' : 'linux'}-${process.arch === 'arm64' ? 'arm64' : 'x86_64'}`;

export async function readLock(project: Project): Promise<LockRecord[]> {
  const { records } = JSON.parse(await lockText(project)) as { records: (LockRecord | 'end')[] };
  return records.filter((record) => record !== 'end');
}

export function lockText(project: Project): Promise<string> {
  return readFile(project.at('galley.lock'), 'utf8');
}

/** What the lock file says is fetched, without its digests and sizes: `file test.soup@r1 npm:soup@1`. */
export async function lockedSources(project: Project): Promise<string[]> {
  return (await readLock(project)).flatMap((record) =>
    'source' in record ? [`${record.kind} ${record.package} ${record.source}`] : [],
  );
}

export async function editLock(project: Project, edit: (text: string) => string): Promise<void> {
  await writeFile(project.at('galley.lock'), edit(await lockText(project)));
}
