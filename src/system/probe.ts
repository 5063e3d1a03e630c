// What this machine can do, really tried: which programs there are, and what a directory's file system allows.
import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, copyFile, link, mkdtemp, readFile, rm, stat, statfs, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { systemClock } from './clock.ts';
import { createLocks } from './lock.ts';

const run = promisify(execFile);

/** The file that a name on PATH means; undefined when there is none that can be run. */
export async function findProgram(name: string, searched = ''): Promise<string | undefined> {
  for (const dir of searched.split(path.delimiter).filter((part) => path.isAbsolute(part))) {
    const file = path.join(dir, name);
    if ((await succeeds(access(file, constants.X_OK))) && (await stat(file)).isFile()) return file;
  }
  return undefined;
}

/** The first line of what a program says about its version; undefined when it says nothing in time. */
export async function askVersion(
  file: string,
  args: readonly string[],
  timeoutMs: number,
): Promise<string | undefined> {
  try {
    const { stdout, stderr } = await run(file, [...args], {
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
      env: process.env,
    });
    return `${stdout}${stderr}`
      .split('\n')
      .find((line) => /\d/.test(line))
      ?.trim();
  } catch {
    return undefined;
  }
}

/** The kind of the file system that a directory is on, as the system names it, and the room that is left. */
export async function describeFileSystem(dir: string): Promise<{ kind: string; freeBytes: number }> {
  const { bavail, bsize } = await statfs(dir);
  return {
    kind: findKind(await readFile('/proc/self/mountinfo', 'utf8').catch(() => ''), dir),
    freeBytes: bavail * bsize,
  };
}

/** proc(5): the mount point is the fifth field, the kind follows a lone dash; the last and longest that fits counts. */
function findKind(mountinfo: string, dir: string): string {
  let [kind, longest] = ['unknown', -1];
  for (const line of mountinfo.split('\n')) {
    const [before = '', after = ''] = line.split(' - ');
    const point = (before.split(' ')[4] ?? '').replace(/\\(\d{3})/g, (_, code: string) =>
      String.fromCharCode(Number.parseInt(code, 8)),
    );
    const isOn = point === '/' || dir === point || dir.startsWith(`${point}/`);
    if (point !== '' && isOn && point.length >= longest) [kind, longest] = [after.split(' ')[0] ?? kind, point.length];
  }
  return kind;
}

export interface Abilities {
  /** Why nothing can be written; all else is false then. */
  refused?: string;
  hardLinks: boolean;
  /** Copies share their blocks. */
  reflinks: boolean;
  /** Programs in it can be started. */
  runs: boolean;
  /** A lock of the kernel keeps a second one out. */
  locks: boolean;
}

/** Tries a directory out, in a directory of its own that is gone afterwards. */
export async function tryDirectory(dir: string): Promise<Abilities> {
  const nothing = { hardLinks: false, reflinks: false, runs: false, locks: false };
  let place: string;
  try {
    place = await mkdtemp(path.join(dir, '.galley-doctor-'));
  } catch (error) {
    return { refused: (error as NodeJS.ErrnoException).code ?? 'unknown', ...nothing };
  }
  try {
    const file = path.join(place, 'file');
    await writeFile(file, '#!/bin/sh\nexit 0\n', { mode: 0o755 });
    return {
      hardLinks: await succeeds(link(file, `${file}-linked`)),
      reflinks: await succeeds(copyFile(file, `${file}-copied`, constants.COPYFILE_FICLONE_FORCE)),
      runs: await succeeds(run(file)),
      locks: await excludes(path.join(place, 'lock')),
    };
  } catch (error) {
    return { refused: (error as NodeJS.ErrnoException).code ?? 'unknown', ...nothing };
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}

/** Two sets of locks know nothing of one another but through the file. */
async function excludes(file: string): Promise<boolean> {
  const [one, other] = [createLocks({ clock: systemClock }), createLocks({ clock: systemClock, beside: false })];
  await using held = await one.tryAcquire(file, { command: 'galley doctor' });
  if (!held?.mode.startsWith('kernel')) return false;
  await using second = await other.tryAcquire(file, { command: 'galley doctor' });
  return second === undefined;
}

async function succeeds(work: Promise<unknown>): Promise<boolean> {
  return await work.then(
    () => true,
    () => false,
  );
}
