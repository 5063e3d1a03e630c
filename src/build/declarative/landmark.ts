// The file without which a tool has nothing to do. Tools say it too when it is missing, but none can say what to do about
// it in a recipe.
import path from 'node:path';
import type { DeclarativeBuild } from '../../model/declarative.ts';
import { Failure } from '../../model/failure.ts';
import type { Files } from '../../system/files.ts';
import type { Call } from '../call.ts';
import type { Driver, Landmark } from './plan.ts';

/** @throws Failure BUILD_FILE_MISSING */
export async function demandLandmarks<Build extends DeclarativeBuild>(
  driver: Driver<Build>,
  build: Build,
  { dirs, pkg, run }: Call,
): Promise<void> {
  const { files } = run.world;
  const stageDir = dirs.stageDir as string;
  const directory = driver.directory(build);
  for (const landmark of driver.needs(build)) {
    if (await isIn(path.join(stageDir, directory), landmark, files)) continue;
    const where = directory === '.' ? 'stage_dir' : `"${directory}" of stage_dir`;
    const message = `Cannot build ${pkg.label} with ${build.tool}: ${where} has no ${landmark.names.join(' or ')}`;
    const hint = landmark.hint ?? hintFor(driver, await findNearby(stageDir, landmark, files));
    throw new Failure('BUILD_FILE_MISSING', message, { hint, package: pkg.label });
  }
}

function hintFor({ directoryField }: Pick<Driver<never>, 'directoryField'>, nearby: string | undefined): string {
  return nearby === undefined
    ? 'Look at what the stage left, with "galley shell --in" or in the directory "failed" of the entry'
    : `There is one in "${nearby}": set ${directoryField}: "${nearby}", or strip_components in the stage`;
}

/** Archives like to have one directory around everything, and trees to keep their parts in one each. */
async function findNearby(stageDir: string, landmark: Landmark, files: Files): Promise<string | undefined> {
  let dirs = [''];
  for (let depth = 0; depth < 2; depth++) {
    const below = await Promise.all(dirs.map(async (dir) => subdirs(stageDir, dir, files)));
    dirs = below.flat();
    for (const dir of dirs) if (await isIn(path.join(stageDir, dir), landmark, files)) return dir;
  }
  return undefined;
}

async function subdirs(stageDir: string, dir: string, files: Files): Promise<string[]> {
  const names = (await files.list(path.join(stageDir, dir))).map((name) => path.join(dir, name));
  const kinds = await Promise.all(names.map(async (name) => (await files.stat(path.join(stageDir, name))).kind));
  return names.filter((_, index) => kinds[index] === 'dir');
}

async function isIn(dir: string, { names }: Landmark, files: Files): Promise<boolean> {
  for (const name of names) if (await files.exists(path.join(dir, name))) return true;
  return false;
}
