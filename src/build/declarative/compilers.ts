// The variables by which C and C++ compilers are chosen and told: which compiler, where the dependencies' headers and
// libraries are, and by which name the work directories go in what is compiled.
import path from 'node:path';
import type { Facts } from './plan.ts';

type Variables = Record<string, string>;

const CHOICE = { CC: 'cc', CXX: 'c++', AR: 'ar', RANLIB: 'ranlib', PKG_CONFIG: 'pkg-config' } as const;

/** Compilers that dependencies offer. Without one the tool looks for itself, as it does for everybody. */
export function chosenCompilers({ toolbox }: Facts): Variables {
  const chosen = Object.entries(CHOICE).map(([name, tool]) => [name, toolbox.product(tool)]);
  return Object.fromEntries(chosen.filter(([, file]) => file !== undefined)) as Variables;
}

/**
 * Flags that keep the work directories out of `__FILE__` and debug information: where a package was built is no part of
 * what it is. The name is absolute, as debuggers join a relative one to the directory of the compilation.
 */
export function prefixMaps({ identity, stageDir, tmpDir }: Facts): string[] {
  return [
    `-ffile-prefix-map=${stageDir}=${virtualDir(identity)}`,
    `-ffile-prefix-map=${tmpDir}=${virtualDir(identity)}/tmp`,
  ];
}

/** The name of stage_dir in what is compiled. */
export function virtualDir(identity: string): string {
  return `/galley/${identity}`;
}

/** Where pkg-config finds the dependencies. */
export function packageConfig(facts: Facts): Variables {
  const dirs = ['lib/pkgconfig', 'share/pkgconfig'];
  const found = facts.libraries.flatMap(({ dir, has }) =>
    dirs.filter((name) => has.includes(name)).map((name) => `${dir}/${name}`),
  );
  return joined({ PKG_CONFIG_PATH: found }, facts);
}

/**
 * Where compilers find the dependencies without being asked to. By variables of the compilers and not by -I and -L, which
 * configure scripts write into what they install.
 */
export function searchPaths(facts: Facts): Variables {
  const [include, lib] = [dirsNamed('include', facts), dirsNamed('lib', facts)];
  return {
    ...joined({ C_INCLUDE_PATH: include, CPLUS_INCLUDE_PATH: include, LIBRARY_PATH: lib }, facts),
    ...packageConfig(facts),
  };
}

/** The linker is told only of libraries that stay: a reference to any other would keep a build tool for ever. */
export function runtimePaths(facts: Facts): string[] {
  const { libraries } = facts;
  const dirs = dirsNamed('lib', { libraries: libraries.filter(({ isRuntime }) => isRuntime) });
  return dirs.map((dir) => `-Wl,-rpath,${dir}`);
}

/** A variable that holds flags: what the environment and the recipe say, then these. */
export function flags(name: string, more: readonly string[], facts: Facts, own: Readonly<Variables> = {}): Variables {
  const all = [own[name] ?? facts.env[name], ...more].filter((flag) => flag !== undefined && flag !== '');
  return all.length === 0 ? {} : { [name]: all.join(' ') };
}

function dirsNamed(name: string, { libraries }: Pick<Facts, 'libraries'>): string[] {
  return libraries.filter(({ has }) => has.includes(name)).map(({ dir }) => `${dir}/${name}`);
}

/** Lists of directories, before those that the environment has; nothing for an empty one. */
export function joined(lists: Record<string, string[]>, { env }: Facts): Variables {
  const filled = Object.entries(lists).filter(([, dirs]) => dirs.length > 0);
  return Object.fromEntries(
    filled.map(([name, dirs]) => [name, [...dirs, ...(env[name] ? [env[name]] : [])].join(path.delimiter)]),
  );
}
