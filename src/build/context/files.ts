// The file functions of `ctx`. Every path is confined when it is opened; what is missing is an error, but for the
// questions `exists`, `is_file` and `is_dir`.
import path from 'node:path';
import type { Json } from '../../model/json.ts';
import type { Call } from '../call.ts';
import { absolutePath, confinementOf } from '../confined.ts';
import { optional, options, text, wrong } from './arguments.ts';
import type { Method } from './table.ts';

/** `ctx.read` is for texts that a recipe looks into, not for payloads. */
const READ_LIMIT_BYTES = 16 * 1024 * 1024;

const pathOf = (value: Json | undefined, what: string, call: Call): string => absolutePath(text(value, what), call);

export const FILE_METHODS: Record<string, Method> = {
  exists: async ([file], call) => (await find(file, 'ctx.exists(path)', call)) !== undefined,
  is_file: async ([file], call) => (await find(file, 'ctx.is_file(path)', call))?.kind === 'file',
  is_dir: async ([file], call) => (await find(file, 'ctx.is_dir(path)', call))?.kind === 'dir',

  read: async ([file], call) =>
    (await confinementOf(call)).readText(pathOf(file, 'ctx.read(path)', call), READ_LIMIT_BYTES),

  write: async ([file, content], call) => {
    if (typeof content !== 'string') throw wrong('ctx.write(path, text)', content, 'a text');
    await (await confinementOf(call)).write(pathOf(file, 'ctx.write(path, text)', call), content);
    return undefined;
  },

  list: async ([dir, given], call) => {
    const recursive =
      optional(options(given, ['recursive'], 'ctx.list(path, options)'), 'recursive', 'boolean') ?? false;
    return (await confinementOf(call)).list(pathOf(dir, 'ctx.list(path)', call), { recursive });
  },

  mkdir: async ([dir], call) => {
    await (await confinementOf(call)).mkdir(pathOf(dir, 'ctx.mkdir(path)', call));
    return undefined;
  },

  remove: async ([file], call) => {
    await (await confinementOf(call)).remove(pathOf(file, 'ctx.remove(path)', call));
    return undefined;
  },

  chmod: async ([file, mode], call) => {
    if (!Number.isInteger(mode) || (mode as number) < 0 || (mode as number) > 0o777)
      throw wrong('ctx.chmod(path, mode)', mode, 'permission bits such as 0o755');
    await (await confinementOf(call)).chmod(pathOf(file, 'ctx.chmod(path, mode)', call), mode as number);
    return undefined;
  },

  symlink: async ([target, file], call) => {
    const confinement = await confinementOf(call);
    await confinement.symlink(
      text(target, 'ctx.symlink(target, path)'),
      pathOf(file, 'ctx.symlink(target, path)', call),
    );
    return undefined;
  },

  hash: async ([file], call) => (await confinementOf(call)).hash(pathOf(file, 'ctx.hash(path)', call)),

  copy: async ([from, to], call) => {
    const { source, target } = await pair('copy', from, to, call);
    await (await confinementOf(call)).copy(source, target);
    return undefined;
  },

  move: async ([from, to], call) => {
    const { source, target } = await pair('move', from, to, call);
    await (await confinementOf(call)).move(source, target);
    return undefined;
  },
};

async function find(file: Json | undefined, what: string, call: Call) {
  return (await confinementOf(call)).findStat(pathOf(file, what, call));
}

/** As with cp and mv: a target that is a directory, or ends in a slash, gets the source's own name inside it. */
async function pair(verb: 'copy' | 'move', from: Json | undefined, to: Json | undefined, call: Call) {
  const what = `ctx.${verb}(src, dst)`;
  const source = pathOf(from, what, call);
  const given = pathOf(to, what, call);
  const confinement = await confinementOf(call);
  const sourceStat = await confinement.findStat(source);
  const targetStat = await confinement.findStat(given);
  const isInto = given.endsWith('/') || (targetStat?.kind === 'dir' && sourceStat?.kind !== 'dir');
  const target = isInto ? path.join(given, path.basename(source)) : given;
  await confinement.mkdir(path.dirname(target));
  return { source, target };
}
