/**
 * A manifest: `galley.js` at the root of a project, checked in. Each type here is the type of one export.
 *
 * @example
 * ```js manifest
 * export const galley = "0.1.0";
 * export const recipe_roots = ["recipes"];
 *
 * export const packages = [
 *   "acme.zlib@r2",
 *   { recipe: "acme.png@r1", options: { shared: false } },
 *   { recipe: "acme.udev@r1", platforms: ["linux"], setup: ["rules"] },
 * ];
 *
 * export const outputs = [{ product: "pngtool", to: "dist", platform: `${host.os}-${host.arch}` }];
 * ```
 */
import type { Context, Json, Shell } from './ctx.d.ts';
import type { Bundle, Dependency, Identity, PlatformPattern, Platforms, SourceWithPrerequisites } from './recipe.d.ts';

export type * from './recipe.d.ts';

/** A package with more than its identity. */
export interface PackageEntry {
  /** `namespace.name@revision`. */
  recipe: Identity;
  /** Where the recipe is: a path relative to the manifest, or a URL. Default: the recipe roots. */
  source?: string | SourceWithPrerequisites;
  /** Expected SHA-256 of the recipe at the source. */
  sha256?: string;
  /** Tag, branch or commit, for git. */
  ref?: string;
  /** Directory of the recipe inside the source. */
  subdir?: string;
  /** Values for the options of the recipe. */
  options?: { readonly [name: string]: Json };
  /** Only there; elsewhere the package is skipped. */
  platforms?: Platforms;
  /** Setup pairs of the recipe that this project wants. */
  setup?: readonly string[];
  /** Instead of a source: the recipe is in this bundle. An alias in `bundles`, or a bundle with all that is said of it. */
  bundle?: string | Bundle;
}

/** Export `packages` (required): what the project wants. */
export type Packages = readonly (Identity | PackageEntry)[];

/** Export `bundles`: alias → bundle. */
export type Bundles = { readonly [alias: string]: Bundle };

/**
 * `galley-bundle.js` at the top of a bundle. Its recipes find one another and may import each other's files; of the
 * project that uses the bundle they see nothing.
 *
 * @example
 * ```js bundle
 * export const identity = "acme.recipes@r3";
 * export const recipes = { "acme.zlib@r2": "recipes/zlib.js", "acme.png@r1": "recipes/png" };
 * ```
 */
export interface BundleModule {
  /** What `bundles` of those who use it must say. */
  identity: Identity;
  /** Identity → path in the bundle: of a module, or of a directory with a `recipe.js`. */
  recipes: { readonly [identity: string]: string };
  /** Bundles that its recipes use. */
  bundles?: Bundles;
}

/** A shell that is itself a package. Evaluated once, when the first script needs it. */
export interface ShellFromPackages {
  /** Made before the first script, with the platform's own shell. */
  dependencies: readonly Dependency[];
  /** May use `ctx.asset()` of these dependencies: the path where the asset will be. */
  shell: (ctx: Pick<Context, 'asset' | 'path' | 'platform'>) => Shell | Promise<Shell>;
}

/**
 * Export `default_shell`: runs every script of the recipes. Default: `"bash"` with `-e`.
 *
 * @example
 * ```js manifest
 * export const packages = [];
 * export const default_shell = {
 *   dependencies: [{ recipe: "acme.busybox@r1" }],
 *   shell: async (ctx) => ({ file: [`${await ctx.asset("busybox")}/bin/sh`, "-e"], ext: ".sh" }),
 * };
 * ```
 */
export type DefaultShell = Shell | ShellFromPackages;

/** A binary that `galley build` places. */
export interface Output {
  /** Of any package of the manifest. */
  product: string;
  /** Name of the file. Default: the product's. For Windows a program gets `.exe` behind it. */
  name?: string;
  /** Directory, relative to the manifest; made when it is missing. Not in the cache or in `.galley`. */
  to: string;
  /** Only when it is built for this platform: `galley build --platform`, which is this machine's by default. */
  platform?: PlatformPattern;
}

/** All exports of a manifest. */
export interface Manifest {
  packages: Packages;
  /** Pinned version of the tool; another one stops and says how to get this one. */
  galley?: string;
  /** Directories, relative to the manifest, with `ns.name@rev.js` or `ns.name@rev/recipe.js`. */
  recipe_roots?: readonly string[];
  bundles?: Bundles;
  default_shell?: DefaultShell;
  /** Variables (credentials) that commands may see. They are part of no key. */
  env?: readonly string[];
  /** Directory for launchers of products, relative to the manifest. Default: `.galley/bin`. */
  bin_dir?: string;
  /** What `galley build` places. One that is taken out here is removed by the next build, if nobody has changed it. */
  outputs?: readonly Output[];
  /**
   * Where finished assets are shared: URLs (`https:`, `s3:`, `oci:`) and directories, asked in this order for what the cache
   * does not have. What none of them has, or has rightly, is built.
   *
   * @example
   * ```js manifest
   * export const packages = [];
   * export const depots = ["s3://acme-depot/tools"];
   * export const trusted_keys = ["ed25519:11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="];
   * ```
   */
  depots?: readonly string[];
  /**
   * Public keys, as `galley depot key` prints them. When there are any, the index of a depot counts only if one of them has
   * signed it; when there are none, every depot is believed.
   */
  trusted_keys?: readonly `ed25519:${string}`[];
  /**
   * Other manifests of a monorepo, below this one: files, or directories with a `galley.js`. Each keeps its own relative paths
   * and recipe roots. Lists of `env` add up, `default_shell` must be the same; all else is that of the manifest in use.
   */
  include?: readonly string[];
}
