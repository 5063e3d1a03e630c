// What a project wants: the checked form of `galley.js`.
import type { Dependency, RecipeSource } from './dependency.ts';
import type { JsonObject } from './json.ts';
import type { FunctionRef } from './verb.ts';

export interface Manifest {
  /** Absolute path of galley.js. */
  file: string;
  /** Directory of galley.js: the project root. */
  rootDir: string;
  packages: ManifestEntry[];
  /** Pinned version of the tool. */
  galley?: string;
  /** Absolute directories, in search order. */
  recipeRoots: string[];
  defaultShell: DefaultShell;
  /** Names of variables that commands may see and that are part of no key. */
  env: string[];
  /** Absolute directory of the product launchers. */
  binDir: string;
  /** Every file of the manifest's own import graph, absolute. */
  files: string[];
}

export interface ManifestEntry {
  /** `ns.name@rev`. */
  recipe: string;
  source?: RecipeSource;
  options: JsonObject;
  platforms: string[];
  /** Setup pairs selected on this project's hosts. */
  setup: string[];
  /** Place of the entry in `packages`, for messages. */
  index: number;
}

export type NamedShell = 'bash' | 'sh' | 'powershell' | 'cmd';

/** What runs a shell string. */
export type Shell =
  | { form: 'named'; name: NamedShell }
  /** The script is written to a file with this ending, which is appended to argv. */
  | { form: 'file'; argv: string[]; ext: string }
  /** The script is the last argument. */
  | { form: 'inline'; argv: string[] };

export type DefaultShell = Shell | { form: 'function'; dependencies: Dependency[]; shell: FunctionRef };
