// The variables by which programs find the products of a project: what `run` and `shell` give to a command, what `env`
// prints, and what the shell hook sets.
import path from 'node:path';
import { searchPath } from '../build/search-path.ts';
import type { Manifest } from '../model/manifest.ts';

type Variables = Readonly<Record<string, string | undefined>>;

/** PATH with the launchers of the project first, and where the project is. */
export function projectVariables({ binDir, rootDir }: Manifest, { PATH = '' }: Variables): Record<string, string> {
  const others = PATH.split(path.delimiter);
  if (others[0] === binDir) others.shift();
  return { PATH: searchPath([binDir], others.join(path.delimiter)), GALLEY_PROJECT_ROOT: rootDir };
}

/** The environment of a command in the project. */
export function environmentIn(manifest: Manifest, env: Variables): Record<string, string> {
  const defined = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return { ...Object.fromEntries(defined), ...projectVariables(manifest, env) };
}
