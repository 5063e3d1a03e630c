// How one package is made: the checked form of a recipe module. Parts that depend on options stay functions until the
// options are known.
import type { CodeDependency, Dependency } from './dependency.ts';
import type { ModuleSource } from './module.ts';
import type { OptionSchema } from './options.ts';
import type { BuildVerb, FetchVerb, FunctionRef, SetupPair, StageVerb, Verb } from './verb.ts';

export interface Recipe {
  identity: string;
  /** Absolute path of the module. */
  file: string;
  /** The recipe's own directory: ctx reads stay inside. */
  rootDir: string;
  /** The module with all that it may import. */
  module: ModuleSource;
  /** A directory recipe (`recipe.js`): every file below `rootDir` is part of it. */
  isDirectory: boolean;
  /** Every file of the static import graph, absolute, sorted. */
  files: string[];
  /** Directory → identity of the bundles that some of them are in. */
  bundles: Record<string, string>;
  options: OptionSchema | FunctionRef;
  platforms: string[];
  dependencies: (Dependency | CodeDependency)[] | FunctionRef;
  /** Product name → relative path in the asset; a free string when user-managed. */
  products: Record<string, string> | FunctionRef;
  fetch?: FetchVerb;
  stage?: StageVerb;
  build?: BuildVerb;
  install?: Verb;
  /** Makes the recipe user-managed. */
  check?: Verb;
  /** User-managed only: the path of what it wraps. */
  asset?: string;
  setup: Record<string, SetupPair>;
  deploy?: Verb;
  test?: Verb;
  /** Names of variables that are inputs: visible to commands, name and value in the key. */
  env: string[];
  metadata: { description?: string; homepage?: string; license?: string };
  deprecated?: { message: string; replacement?: string };
}

/** A recipe that says nothing but its name: what every field is that an author leaves out. */
export const BLANK_RECIPE: Omit<
  Recipe,
  'identity' | 'file' | 'rootDir' | 'module' | 'isDirectory' | 'files' | 'bundles'
> = {
  options: {},
  platforms: [],
  dependencies: [],
  products: {},
  setup: {},
  env: [],
  metadata: {},
};

/** No verb comes between what is fetched and the asset. */
export function isAssetAsFetched({ stage, build, install, check }: Recipe): boolean {
  return (stage === undefined || stage.form === 'unpack') && !build && !install && !check;
}

export function isUserManaged(recipe: Recipe): boolean {
  return recipe.check !== undefined;
}
