// What a planner may know, gathered from the package, its dependencies and this machine. Here is all the looking that a
// declarative build does before its first command.
import path from 'node:path';
import type { Files } from '../../system/files.ts';
import type { Call } from '../call.ts';
import { allowedWires, assetPathOf, productValue } from '../dependencies.ts';
import { commandEnvironment } from '../environment.ts';
import { loadedOf } from '../package.ts';
import type { Facts, Library } from './plan.ts';
import { createToolbox, TOOLS, type Tool } from './toolbox.ts';

/** @param directory where the tool starts, relative to stage_dir */
export async function gatherFacts(directory: string, call: Call): Promise<Facts> {
  const { dirs, pkg, run } = call;
  const { env: person, files, jobs, platform, policy } = run.world;
  const env = commandEnvironment(call);
  const { assetDir, installDir, stageDir, tmpDir } = dirs as Required<Call['dirs']>;
  const goWork = await findUpwards('go.work', { directory, stageDir, files });
  return {
    identity: pkg.request.recipe,
    ...{ stageDir, installDir, tmpDir },
    ...(dirs.assetDir === undefined ? {} : { assetDir }),
    ...(goWork === undefined ? {} : { goWork }),
    ...{ jobs, platform, env, person },
    offline: policy.offline,
    libraries: await findLibraries(call),
    toolbox: createToolbox({
      label: pkg.label,
      products: findProducts(call),
      host: await findOnPath(env.PATH ?? '', files),
    }),
  };
}

/** The nearest file of that name in the stage. */
async function findUpwards(
  name: string,
  { directory, stageDir, files }: { directory: string; stageDir: string; files: Files },
): Promise<string | undefined> {
  for (let dir = path.join(stageDir, directory); ; dir = path.dirname(dir)) {
    const file = path.join(dir, name);
    if (await files.exists(file)) return file;
    if (path.relative(stageDir, dir) === '') return undefined;
  }
}

const PARTS = ['include', 'lib', 'lib/pkgconfig', 'share/pkgconfig'];

async function findLibraries({ pkg, phase, run }: Call): Promise<Library[]> {
  const { files } = run.world;
  const libraries = allowedWires(pkg, phase).map(async ({ dependency, target }): Promise<Library[]> => {
    const dir = assetPathOf(target);
    if (dir === undefined) return [];
    const found = await Promise.all(PARTS.map((part) => files.exists(path.join(dir, part))));
    return [{ dir, has: PARTS.filter((_, index) => found[index]), isRuntime: dependency.runtime }];
  });
  return (await Promise.all(libraries)).flat();
}

function findProducts({ pkg, phase }: Call): Partial<Record<Tool, string>> {
  const wires = allowedWires(pkg, phase);
  const found = TOOLS.flatMap((tool) => {
    const wire = wires.find(({ target }) => Object.hasOwn(loadedOf(target).products, tool));
    return wire ? [[tool, productValue(wire.target, tool)] as const] : [];
  });
  return Object.fromEntries(found);
}

/** The first of each name, as a shell finds it. */
async function findOnPath(searched: string, files: Files): Promise<Partial<Record<Tool, string>>> {
  const found: Partial<Record<Tool, string>> = {};
  for (const dir of searched.split(path.delimiter).filter((dir) => path.isAbsolute(dir))) {
    const names = new Set(await listReadable(dir, files));
    for (const tool of TOOLS.filter((tool) => found[tool] === undefined && names.has(tool))) {
      const file = path.join(dir, tool);
      if (await isProgram(file, files)) found[tool] = file;
    }
  }
  return found;
}

/** Entries of PATH that are no directories, or nobody's to read, have never stopped a shell. */
async function listReadable(dir: string, files: Files): Promise<string[]> {
  return await files.list(dir).catch(() => []);
}

async function isProgram(file: string, files: Files): Promise<boolean> {
  const stat = await files.statTarget(file).catch(() => undefined);
  return stat?.kind === 'file' && (stat.mode & 0o111) !== 0;
}
