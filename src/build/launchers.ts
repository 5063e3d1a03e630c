// Product launchers of a checkout: names in `bin_dir` that start the real program and nothing else. A program is reached
// by a link, which costs nothing; a script by two lines of sh, as scripts look for their neighbours beside `$0`, and so is
// what lives outside the cache. Only what still is exactly what was placed is replaced or removed.
import path from 'node:path';
import { sha256OfBytes } from '../system/digest.ts';
import { unlessMissing } from '../system/errno.ts';
import {
  findLauncher,
  isSameLauncher,
  type Launcher,
  placeLauncher,
  planLaunchers,
  removeLeftovers,
} from './launcher.ts';
import {
  encodeLauncherRecord,
  isPlaced,
  type PlacedAs,
  readLauncherRecord,
  writeLauncherRecord,
} from './launcher-record.ts';
import type { Project } from './project.ts';
import type { Run } from './world.ts';

/** What there is to do. All files are absolute. */
interface Survey {
  toPlace: { name: string; file: string; launcher: Launcher }[];
  toRemove: string[];
  /** In the place of a launcher, and not ours. */
  foreign: { name: string; file: string }[];
  /** Had a launcher of ours, and have something else now. */
  changed: string[];
  /** What the record says while work goes on, and after it; nothing when it need not be written. */
  record?: { during: string; after: string };
}

/**
 * Brings `bin_dir` up to date: one launcher for each product of the manifest's packages that can be run. After a sync of
 * everything none is left for what is gone, nor in a directory that was `bin_dir` before.
 *
 * @returns whether every product has its launcher: where somebody else's file is, the next sync has to look again
 */
export async function writeLaunchers(project: Project, run: Run, isWhole: boolean): Promise<boolean> {
  const wanted = await planLaunchers(run);
  let survey = await look(project, wanted, isWhole);
  if (survey.record !== undefined) {
    const { cache, signal } = project.world;
    const name = `launchers-${sha256OfBytes(project.stateDir).slice(0, 16)}`;
    await using _ = await cache.lockName(name, { signal });
    // Another sync of this checkout may have come first.
    survey = await look(project, wanted, isWhole);
    await carryOut(survey, project);
  }
  tellForeign(survey, project);
  return survey.foreign.length === 0;
}

/** The files of the launchers that are there, by the way that the manifest names. */
export async function launcherFiles(project: Project): Promise<string[]> {
  const binDir = await realBinDir(project);
  const { files } = await readLauncherRecord(project, binDir);
  const names = [...files.keys()].filter((file) => path.dirname(file) === binDir).map((file) => path.basename(file));
  return names.map((name) => path.join(project.manifest.binDir, name));
}

async function look(project: Project, wanted: ReadonlyMap<string, Launcher>, isWhole: boolean): Promise<Survey> {
  const { files } = project.world;
  const binDir = await realBinDir(project);
  const known = await readLauncherRecord(project, binDir);
  const [during, after] = [new Map<string, PlacedAs>(), new Map<string, PlacedAs>()];
  const survey: Survey = { toPlace: [], toRemove: [], foreign: [], changed: [] };
  for (const [name, launcher] of wanted) {
    const file = path.join(binDir, name);
    const found = await findLauncher(file, files);
    const isThere = found !== undefined && found !== 'other' && isSameLauncher(found, launcher);
    if (found !== undefined && !isThere && !isPlaced(found, known.files.get(file))) {
      survey.foreign.push({ name, file: path.join(project.manifest.binDir, name) });
      continue;
    }
    // Said before it is so: what a crash leaves is still known to be ours, be it the old one or the new.
    during.set(file, found === undefined || isThere ? [launcher] : [found, launcher]);
    after.set(file, [launcher]);
    if (!isThere || !(await canRun(file, project))) survey.toPlace.push({ name, file, launcher });
  }
  for (const [file, placed] of known.files) {
    if (path.dirname(file) === binDir && wanted.has(path.basename(file))) continue;
    const found = await findLauncher(file, files);
    if (found === undefined) continue;
    if (isPlaced(found, placed)) {
      during.set(file, [found]);
      if (isWhole) survey.toRemove.push(file);
      else after.set(file, [found]);
    } else if (isWhole) survey.changed.push(file);
    else if (placed !== 'unknown') for (const record of [during, after]) record.set(file, placed);
  }
  const texts = { during: encodeLauncherRecord(during, project), after: encodeLauncherRecord(after, project) };
  const isNews = known.text === undefined ? during.size > 0 : known.text !== texts.after;
  return isNews || survey.toPlace.length > 0 || survey.toRemove.length > 0 ? { ...survey, record: texts } : survey;
}

async function carryOut({ toPlace, toRemove, record }: Survey, project: Project): Promise<void> {
  const { manifest, world } = project;
  const { files, emit } = world;
  if (record === undefined) return;
  await writeLauncherRecord(record.during, project);
  for (const file of toRemove) {
    await unlessMissing(files.unlink(file));
    emit({ type: 'launcher.removed', product: path.basename(file), file });
  }
  if (toPlace.length > 0) {
    await files.ensureDir(manifest.binDir);
    const names = toPlace.map(({ name }) => name);
    await removeLeftovers(manifest.binDir, names, files);
  }
  for (const { name, file, launcher } of toPlace) {
    await placeLauncher(file, launcher, files);
    emit({ type: 'launcher.written', product: name, file: path.join(manifest.binDir, name) });
  }
  await writeLauncherRecord(record.after, project);
}

function tellForeign({ foreign, changed }: Survey, { world }: Project): void {
  const warn = (text: string) => world.emit({ type: 'log.message', level: 'warn', text });
  for (const { name, file } of foreign) {
    warn(`"${file}" is not a launcher that this checkout has placed, and stays: product "${name}" gets none`);
  }
  for (const file of changed) warn(`"${file}" is no launcher any more, and stays: it is not what galley has placed`);
}

async function canRun(file: string, { world }: Project): Promise<boolean> {
  const { kind, mode } = await world.files.stat(file);
  return kind === 'link' || (mode & 0o111) !== 0;
}

/** Where `bin_dir` leads; the path itself while nothing is there. */
async function realBinDir({ manifest, world }: Project): Promise<string> {
  return (await unlessMissing(world.files.realPath(manifest.binDir))) ?? manifest.binDir;
}
