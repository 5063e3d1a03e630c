// The packages of a project and who needs whom, as a plain value that can be shown. Knows nothing of how they are made.
import type { Dependency } from './dependency.ts';
import type { ValuePath } from './diagnostic.ts';
import type { JsonObject } from './json.ts';
import type { NeededBy } from './phase.ts';

/** Whether a package is there; `failed`: its recipe cannot be loaded, or is refused. */
export type PackageState = 'cached' | 'missing' | 'user-managed' | 'skipped' | 'failed';

/** Everything is in an order that is the same in every run. */
export interface PackageGraph {
  /** What the project itself asks for, in the order of the manifest. */
  roots: PackageRoot[];
  /** By name. */
  packages: PackageNode[];
  /** By the name of the package that needs, then in the order of its recipe. */
  edges: PackageEdge[];
  /** Identities of recipes that are at hand and that nothing asks for. */
  unused: string[];
}

/** Where the text of a module says something. */
export interface Declaration {
  file: string;
  path: ValuePath;
}

export interface PackageRoot {
  /** Of its package. */
  name: string;
  /** The scripts of the project need it, rather than the project itself. */
  isShell: boolean;
  /** Absent: a query asks for it, and not the project. */
  declared?: Declaration;
}

export interface PackageNode {
  /** Unlike that of any other: the identity, with the options that were asked for. */
  name: string;
  /** Identity. */
  package: string;
  options: JsonObject;
  state: PackageState;
  /** Whether its recipe has a test. */
  hasTest: boolean;
  key?: string;
  /** Names of products. */
  products: string[];
  /** Why it failed, or why nothing more is known of it. */
  problem?: string;
}

/** One package needs another. */
export interface PackageEdge {
  from: string;
  to: string;
  /** `found`: no recipe says so, but files of the asset name the other. */
  kind: Dependency['kind'] | 'found';
  /** `recipe`: before the recipe itself can be fetched. */
  neededBy: NeededBy | 'recipe';
  /** The words that the other was found by, where the recipe does not name it in full. */
  query?: string;
  /** Its name in the environment, where that is not its own. */
  as?: string;
  /** Still needed when the package is used. */
  runtime: boolean;
  /** Setup pairs of the other that are selected. */
  setup: string[];
  declared?: Declaration;
}
