// A module that is evaluated, as recipes, manifests and bundles are.

export interface ModuleSource {
  /** Absolute path of the module that is evaluated. */
  entryFile: string;
  /** Imports of the module stay below this directory. */
  rootDir: string;
  /** What `bundle:<alias>/<path>` means in modules below a directory: alias → directory, which imports stay below too. */
  bundles?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}
