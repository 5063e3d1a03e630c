// `ctx.extract(file)` and `ctx.extract_all()`: archives into a directory of the phase.
import path from 'node:path';
import type { Call } from '../call.ts';
import { readablePath, writablePath } from '../confined.ts';
import { stageAll, unpackInto } from '../staging.ts';
import { count, options, text, wrong } from './arguments.ts';
import type { Method } from './table.ts';

export const extractFile: Method = async ([file, given], call) => {
  const { dest, strip_components: strip } = options(given, ['dest', 'strip_components'], 'ctx.extract(file, options)');
  const source = await readablePath(path.resolve(call.dirs.fetchDir ?? call.cwd, text(file, 'ctx.extract(file)')), call);
  const target = dest === undefined ? defaultDest(call) : text(dest, '"dest"');
  const stripComponents = strip === undefined ? 0 : count(strip, '"strip_components"');
  return unpackInto(source, await writablePath(target, call), { call, stripComponents });
};

export const extractAll: Method = async ([given], call) => {
  const { strip_components: strip } = options(given, ['strip_components'], 'ctx.extract_all(options)');
  return stageAll(call, strip === undefined ? 0 : count(strip, '"strip_components"'));
};

function defaultDest({ dirs, phase }: Call): string {
  if (dirs.stageDir === undefined) throw wrong('ctx.extract(file, { dest })', undefined, `a directory: the ${phase} phase has no stage_dir`);
  return dirs.stageDir;
}
