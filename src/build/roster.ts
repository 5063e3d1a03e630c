// The roster: which checkouts this person has synced, and what the last sync of each has seen. It is kept outside of the
// checkouts and laid out for a shell, which looks a directory up and compares files without starting a process. Whatever
// a repository contains, a directory that is not on the roster is never activated by the shell hook.
//
//   <state>/galley/projects/<project>/:galley/record    token, generation, bin_dir, then (file, after, before) for each
//                                                       watched file; every word ends with a NUL
//                                             <time>    empty; its modification time is its name, in milliseconds
//   <project>/.galley/checkout                          the token: another checkout at the same path has another
import path from 'node:path';
import { isFailure } from '../model/failure.ts';
import { withIncluded } from '../model/manifest.ts';
import { MANIFEST_NAME } from '../recipe/discover.ts';
import { sha256OfBytes } from '../system/digest.ts';
import { unlessMissing } from '../system/errno.ts';
import type { Files } from '../system/files.ts';
import { userStateDir } from '../system/host.ts';
import { isBelow } from '../system/source.ts';
import { randomName } from '../system/temporary.ts';
import { loadedOf } from './package.ts';
import type { Project } from './project.ts';
import { recipeFiles } from './recipe-files.ts';
import type { Run } from './world.ts';

/** A path with a colon cannot be on PATH, so no project that counts has this name. */
const PLACE = ':galley';

/** A file is watched by two files to compare it with: test(1) knows newer and older, and nothing else. */
interface Watched {
  file: string;
  /** Names of the files before and after whose times the watched one was modified; `-` for one that is absent. */
  after: string;
  before: string;
}

const ABSENT = '-';

/**
 * Files that were modified in the same slice share their two. Nobody can sync and edit again within a slice, and a time
 * in milliseconds survives its way through a file system up to one.
 */
const SLICE_MS = 50;
const SLACK_MS = 1;

/** Where the roster is; `galley hook` tells the shell. */
export function rosterDir(env: Readonly<Record<string, string | undefined>>): string {
  return path.join(userStateDir(env), 'galley', 'projects');
}

/** The files that make the shell hook know a project. */
export function hookFiles(rootDir: string, env: Readonly<Record<string, string | undefined>>) {
  const placeDir = path.join(rosterDir(env), rootDir, PLACE);
  return { placeDir, record: path.join(placeDir, 'record'), checkout: path.join(rootDir, '.galley', 'checkout') };
}

/** Those that are there: without one of them the next sync has something to do. */
export async function rosterFiles({ manifest, world }: Project): Promise<string[]> {
  const { record, checkout } = hookFiles(manifest.rootDir, world.env);
  return (await world.files.exists(record)) ? [record, checkout] : [];
}

/** Puts a checkout on the roster after a sync of everything. */
export async function enrol(project: Project, run: Run): Promise<void> {
  const { manifest, world } = project;
  // A manifest of another name is not what the hook finds, and a colon would split an entry of PATH.
  if (path.basename(manifest.file) !== MANIFEST_NAME || manifest.binDir.includes(path.delimiter)) return;
  try {
    await writeRecord(project, await watch(project, run));
  } catch (error) {
    // A machine without a writable home loses the convenience, not the sync; `galley doctor` says so.
    if (!isFailure(error, 'IO_ERROR') && !isFailure(error, 'NO_SPACE')) throw error;
    world.emit({
      type: 'log.message',
      level: 'debug',
      text: `The shell hook will not know this project: ${error.message}`,
    });
  }
}

async function writeRecord({ manifest, world }: Project, watched: readonly Watched[]): Promise<void> {
  const { files, env } = world;
  const { placeDir, record, checkout } = hookFiles(manifest.rootDir, env);
  await files.ensureDir(placeDir);
  await files.ensureDir(path.dirname(checkout));
  const known = await files.findText(record);
  const mark = await files.findText(checkout);
  // What the checkout says counts only if it was we who said it: somebody may have checked the file in.
  const [before] = (known ?? '').split('\0');
  const token = before && mark === `${before}\n` ? before : `${randomName()}${randomName()}`;
  const times = new Set(watched.flatMap(({ after, before }) => [after, before]).filter((name) => name !== ABSENT));
  await Promise.all([...times].map((name) => makeStamp(placeDir, name, files)));
  const seen = watched.flatMap(({ file, after, before }) => [file, after, before]);
  const generation = sha256OfBytes([manifest.binDir, ...seen].join('\0')).slice(0, 16);
  await files.writeIfChanged(checkout, `${token}\n`, { mode: 0o600 });
  await files.writeIfChanged(record, [token, generation, manifest.binDir, ...seen, ''].join('\0'), { mode: 0o600 });
  for (const name of await files.list(placeDir)) {
    if (/^\d+$/.test(name) && !times.has(name)) await unlessMissing(files.unlink(path.join(placeDir, name)));
  }
}

async function makeStamp(dir: string, name: string, files: Files): Promise<void> {
  const file = path.join(dir, name);
  if (await files.exists(file)) return;
  await files.writeAtomic(file, '', { durable: false });
  await files.setModified(file, Number(name));
}

/** What the answer of a sync depends on and people edit: manifest, recipes, lock file, settings. */
async function watch(project: Project, run: Run): Promise<Watched[]> {
  const { manifest, lockFile, settingsFiles, invocation, world } = project;
  const { files, cache, recipesDir } = world;
  const ownSettings = settingsFiles.filter((file) => path.dirname(file) === manifest.rootDir);
  const watched = new Set([
    ...withIncluded(manifest).flatMap(({ files: modules }) => modules),
    lockFile,
    ...ownSettings,
  ]);
  for (const pkg of run.graph.all().filter(({ loaded }) => loaded)) {
    const { recipe } = loadedOf(pkg);
    // What was fetched or installed with galley nobody edits.
    if ([cache.layout.rootDir, recipesDir].some((dir) => isBelow(dir, recipe.file))) continue;
    for (const file of await recipeFiles(recipe, files)) watched.add(file);
  }
  const endedAt = world.clock.now();
  // The lock file is our own.
  const isRecent = (file: string, mtimeMs: number): boolean =>
    file !== lockFile && mtimeMs >= invocation.startedAt && mtimeMs <= endedAt;
  return await Promise.all([...watched].sort().map((file) => look(file, isRecent, files)));
}

async function look(
  file: string,
  isRecent: (file: string, mtimeMs: number) => boolean,
  files: Files,
): Promise<Watched> {
  const stat = await unlessMissing(files.statTarget(file));
  if (!stat) return { file, after: ABSENT, before: ABSENT };
  const slice = Math.floor(stat.mtimeMs / SLICE_MS) * SLICE_MS;
  const after = String(slice - SLACK_MS);
  // What was edited while the run read it may have been read before or after: nothing is between a time and itself.
  return { file, after, before: isRecent(file, stat.mtimeMs) ? after : String(slice + SLICE_MS + SLACK_MS) };
}
