// What a project wants: the checked form of `galley.js`.
import type { BundleRequest, Dependency, RecipeSource } from './dependency.ts';
import type { JsonObject } from './json.ts';
import type { OutputWish } from './output.ts';
import type { PublicKey } from './public-key.ts';
import type { FunctionRef } from './verb.ts';

/** What gives names their meaning: recipes that are asked for here, and all they depend on, are looked up here. */
export interface Scope {
  /** Absolute path of the module that says what follows. */
  file: string;
  /** Its directory: where paths of sources start, and those that recipes behind them fetch. */
  rootDir: string;
  /** Absolute directories, in search order. */
  recipeRoots: string[];
  /** By their aliases. */
  bundles: Record<string, BundleRequest>;
  /** Every file of its import graph, absolute. */
  files: string[];
  /** In the ids of packages; the manifest that a command was run on needs none. */
  name?: string;
}

/** `galley-bundle.js`: its recipes find one another, and nothing of the project that uses them. */
export interface Bundle extends Scope {
  identity: string;
  /** Identity → absolute path of a module, or of a directory with a recipe.js. */
  recipes: Record<string, string>;
}

export function isBundle(scope: Scope): scope is Bundle {
  return 'recipes' in scope;
}

/** `rootDir` is the root of the project. */
export interface Manifest extends Scope {
  packages: ManifestEntry[];
  /** Pinned version of the tool. */
  galley?: string;
  defaultShell: DefaultShell;
  /** Names of variables that commands may see and that are part of no key. */
  env: string[];
  /** Absolute directory of the product launchers. */
  binDir: string;
  /** What `galley build` places. */
  outputs: OutputWish[];
  /** Where finished assets are shared: URLs, and absolute paths. Of the manifest that a command was run on. */
  depots: string[];
  /** Whose signatures count; when there are none, every depot is believed. */
  trustedKeys: PublicKey[];
  /** Manifests, or directories with a galley.js, absolute. */
  include: string[];
  /** What `include` names, and what that includes in turn, each once. */
  included: Manifest[];
}

export function withIncluded(manifest: Manifest): Manifest[] {
  return [manifest, ...manifest.included];
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
