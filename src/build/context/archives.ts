// `ctx.extract(file)` and `ctx.extract_all()`: archives into a directory of the phase.
import path from 'node:path';
import type { Call } from '../call.ts';
import { absolutePath, confinementOf } from '../confined.ts';
import { stageAll, unpackArchive } from '../staging.ts';
import { count, options, text, wrong } from './arguments.ts';
import type { Method } from './table.ts';

export const extractFile: Method = async ([file, given], call) => {
  const { dest, strip_components: strip } = options(given, ['dest', 'strip_components'], 'ctx.extract(file, options)');
  const name = text(file, 'ctx.extract(file)');
  const stripComponents = strip === undefined ? 0 : count(strip, '"strip_components"');
  const confinement = await confinementOf(call);
  // Normalised, so that the directory is the same for who makes it and for who unpacks into it without following links.
  const dir = path.normalize(absolutePath(dest === undefined ? stageDirOf(call) : text(dest, '"dest"'), call));
  await confinement.mkdir(dir);
  await using handle = await confinement.openRead(path.resolve(call.dirs.fetchDir ?? call.cwd, name));
  return await unpackArchive({ handle, name }, dir, { call, stripComponents });
};

export const extractAll: Method = async ([given], call) => {
  const { strip_components: strip } = options(given, ['strip_components'], 'ctx.extract_all(options)');
  return stageAll(call, strip === undefined ? 0 : count(strip, '"strip_components"'));
};

function stageDirOf({ dirs, phase }: Call): string {
  if (dirs.stageDir === undefined)
    throw wrong('ctx.extract(file, { dest })', undefined, `a directory: the ${phase} phase has no stage_dir`);
  return dirs.stageDir;
}
