// The kinds of dependency, as a recipe declares them.
import type { JsonObject } from './json.ts';
import type { NeededBy } from './phase.ts';
import type { FunctionRef } from './verb.ts';

/** Where what is written in JavaScript comes from. A path is absolute: its base was the file that named it. */
export type Source =
  | { form: 'path'; path: string; sha256?: string }
  /** `subdir` is a directory in an archive; a git URL says its own. */
  | { form: 'url'; url: string; sha256?: string; subdir?: string }
  /** Made by a function, once the packages it depends on are there. */
  | { form: 'function'; fetch: FunctionRef; dependencies: Dependency[] };

/** Many recipes that are shipped together, and the code that they share. */
export interface BundleRequest {
  identity: string;
  source: Source;
}

/** Where a recipe itself comes from; of a bundle, the alias or all that is said of it. */
export type RecipeSource = Source | { form: 'bundle'; bundle: string | BundleRequest };

/** A package in full: what a strong dependency and a fallback say. */
export interface PackageRequest {
  /** `ns.name@rev`. */
  recipe: string;
  source?: RecipeSource;
  options: JsonObject;
}

interface Common {
  neededBy: NeededBy;
  /** Setup pairs of the dependency that are selected. */
  setup: string[];
  /** Name in the environment instead of the recipe's own. */
  as?: string;
  /** Stays needed after the build: part of the closure. */
  runtime: boolean;
  /** Place in `dependencies`, for messages. */
  index: number;
}

export type Dependency = Common &
  /** This package. */
  (
    | { kind: 'strong'; request: PackageRequest }
    /** The one match in the graph, else the fallback. */
    | { kind: 'weak'; query: string; fallback: PackageRequest }
    /** The one match in the graph. */
    | { kind: 'reference'; query: string }
    /** Whoever offers the product, perhaps only a provider that matches `recipe`, perhaps with a fallback. */
    | { kind: 'product'; product: string; query?: string; fallback?: PackageRequest }
  );

/** A bundle whose code the recipe imports. Nothing is installed for it. */
export interface CodeDependency {
  kind: 'code';
  /** Alias in the scope of the recipe. */
  bundle: string;
  /** Place in `dependencies`, for messages. */
  index: number;
}
