/**
 * A recipe: an ES module that says how one package is made. Each type here is the type of one export.
 *
 * A recipe sees the language, the global `host`, and what `ctx` gives to its functions; there is no `require`, no
 * `process`, no clock and no network. Imports are static and stay inside the recipe's directory (`./x.js`) or a declared
 * bundle (`bundle:alias/x.js`).
 *
 * @example
 * ```js recipe
 * export const identity = "acme.zlib@r2";
 * export const description = "Compression library";
 *
 * export const options = {
 *   version: { type: "semver", default: "1.3.1" },
 *   shared: { type: "boolean", default: true },
 * };
 *
 * export const products = { zlib_pc: "lib/pkgconfig/zlib.pc" };
 *
 * export const fetch = {
 *   url: "https://zlib.net/zlib-1.3.1.tar.gz",
 *   sha256: "9a93b2b7dfdac77ceba5a558a580e74667dd6fede4585b91eefb60f03b72df23",
 * };
 * export const stage = { strip_components: 1 };
 *
 * export async function build(ctx) {
 *   const kind = ctx.options.shared ? [] : ["--static"];
 *   await ctx.run(["./configure", `--prefix=${ctx.asset_dir}`, ...kind]);
 *   await ctx.run("make -j$GALLEY_JOBS");
 * }
 *
 * export const install = 'make -C "$GALLEY_STAGE_DIR" install DESTDIR="$PWD/.dest" && mv ".dest$GALLEY_ASSET_DIR"/* .';
 * ```
 */
import type {
  BuildContext,
  Context,
  Download,
  FetchContext,
  HostContext,
  InstallContext,
  Json,
  OptionValues,
  StageContext,
} from './ctx.d.ts';

export type * from './ctx.d.ts';

declare global {
  /** The machine this runs on. Frozen; the only fact about it that a module may depend on. */
  const host: { readonly os: 'linux' | 'darwin' | 'windows'; readonly arch: 'x86_64' | 'arm64' };
}

type Awaitable<T> = T | Promise<T>;

/** `namespace.name@revision`; must equal what the referrer asked for. The software's version is an option. */
export type Identity = `${string}.${string}@${string}`;

/** `linux`, or with an architecture `darwin-arm64`. */
export type PlatformPattern =
  | 'linux'
  | 'darwin'
  | 'windows'
  | `${'linux' | 'darwin' | 'windows'}-${'x86_64' | 'arm64'}`;

/** What one option accepts. */
export interface OptionSchema {
  type: 'string' | 'int' | 'float' | 'boolean' | 'semver' | 'list' | 'table';
  /** Used when the option is not given. */
  default?: Json;
  /** Must be given. Default: false. */
  required?: boolean;
  /** The only values that are accepted. */
  choices?: readonly Json[];
  /** For `semver` a range (`>=1.2 <2`), for numbers `[least, greatest]`. */
  range?: string | readonly [least: number, greatest: number];
  /** With `false` the option does not change what is built, and so not the key. Default: true. */
  affects_key?: boolean;
}

/** Export `options`: the schema, or a function of the given options that returns it. Unknown options are errors. */
export type Options =
  | { readonly [name: string]: OptionSchema }
  | ((options: OptionValues) => Awaitable<{ readonly [name: string]: OptionSchema }>);

/** Export `platforms`. On others the package is skipped in the manifest, and an error as a dependency. */
export type Platforms = readonly PlatformPattern[];

/** The phase that first needs a dependency. */
export type NeededBy = 'check' | 'fetch' | 'stage' | 'build' | 'install' | 'setup' | 'deploy';

/** A source that needs other packages before the recipe itself can be fetched. */
export interface SourceWithPrerequisites {
  fetch: (ctx: FetchContext) => Awaitable<DeclarativeFetch> | Awaitable<void>;
  dependencies: readonly Dependency[];
}

interface DependencyBase {
  /** Phase that first needs it. Default: `build`. */
  needed_by?: NeededBy;
  /** Name in the environment (`GALLEY_ASSET_<AS>`) and for `ctx.asset()`. Default: the recipe's name. */
  as?: string;
  /** The finished asset needs it to run, so it goes wherever the asset goes. Default: false. */
  runtime?: boolean;
}

/** This very package: it is added to the graph. */
export interface StrongDependency extends DependencyBase {
  recipe: string;
  /** Path or URL of the recipe. Default: the recipe roots of the manifest. */
  source?: string | SourceWithPrerequisites;
  sha256?: string;
  ref?: string;
  subdir?: string;
  options?: { readonly [name: string]: Json };
  /** Setup pairs of it that this package needs. */
  setup?: readonly string[];
}

/** The one match in the graph, or else the fallback. */
export interface WeakDependency extends DependencyBase {
  /** `name`, `ns.name`, `name@rev` or the whole identity. */
  recipe: string;
  weak: StrongDependency;
}

/** Whatever offers this product. */
export interface ProductDependency extends DependencyBase {
  product: string;
  /** Only this recipe may offer it. */
  recipe?: string;
  weak?: StrongDependency;
}

/** Code only: makes `import "bundle:alias/lib/x.js"` possible. */
export interface BundleDependency {
  bundle: string;
}

/** With only `recipe` in it: strong when it is a whole identity with a source or a root, else a reference. */
export type Dependency = StrongDependency | WeakDependency | ProductDependency | BundleDependency;

/**
 * Export `dependencies`: a list, or a function of the options.
 *
 * @example
 * ```js recipe
 * export const identity = "acme.png@r1";
 *
 * export const dependencies = (options) => [
 *   { recipe: "acme.zlib@r2", options: { shared: options.shared }, runtime: options.shared },
 *   { recipe: "openssl", weak: { recipe: "acme.openssl@r4", source: "./openssl.js" } },
 *   { product: "cmake", needed_by: "build" },
 * ];
 * ```
 */
export type Dependencies<Values = OptionValues> =
  | readonly Dependency[]
  | ((options: Values) => Awaitable<readonly Dependency[]>);

/** Export `products`: name → path in the asset, without `..`; for a user-managed recipe a free text. */
export type Products<Values = OptionValues> =
  | { readonly [name: string]: string }
  | ((options: Values) => Awaitable<{ readonly [name: string]: string }>);

/** A local file or tree, known by its digest. Relative to the manifest, or to the recipe in roots and bundles. */
export interface LocalFetch {
  path: string;
  /** Patterns of what is taken. Default: everything but `.git`, `.galley` and output directories. */
  include?: readonly string[];
  exclude?: readonly string[];
}

export type DeclarativeFetch = string | Download | LocalFetch | readonly (string | Download | LocalFetch)[];

/**
 * Export `fetch`: what to download, or a function that does it. Everything is verified before it is used; what has no
 * `sha256` is pinned in `galley.lock` on first use.
 */
export type Fetch<Values = OptionValues> =
  | DeclarativeFetch
  | ((ctx: FetchContext<Values>) => Awaitable<DeclarativeFetch> | Awaitable<void>);

/** Export `stage`. Absent: every archive of `fetch_dir` is unpacked into `stage_dir`, other files are copied. */
export type Stage<Values = OptionValues> =
  | string
  | { strip_components: number }
  | ((ctx: StageContext<Values>) => Awaitable<void>);

/** Settings of a declarative build; see the guide of each build system. */
export type BuildSettings = { readonly [setting: string]: Json };

/** One build system, which is taken from the products of the dependencies if one offers it. */
export type DeclarativeBuild =
  | { cmake: BuildSettings }
  | { make: BuildSettings }
  | { meson: BuildSettings }
  | { cargo: BuildSettings }
  | { autotools: BuildSettings }
  | { go: BuildSettings }
  | { npm: BuildSettings };

/** Export `build`: a script, a build system, or a function. Absent: nothing is built. */
export type Build<Values = OptionValues> = string | DeclarativeBuild | ((ctx: BuildContext<Values>) => Awaitable<void>);

/**
 * Export `install`: a script (its end with status 0 completes the asset) or a function. Absent: a filled `install_dir`,
 * else a filled `stage_dir`, becomes the asset.
 */
export type Install<Values = OptionValues> = string | ((ctx: InstallContext<Values>) => Awaitable<void>);

/**
 * Export `check`: is what this recipe wraps there? It makes the recipe user-managed: it leaves no asset in the cache.
 *
 * @example
 * ```js recipe
 * export const identity = "acme.postgres@r1";
 * export const platforms = ["linux"];
 * export const check = "command -v psql";
 * export const install = "apt-get install -y postgresql-client";
 * ```
 */
export type Check<Values = OptionValues> = string | ((ctx: HostContext<Values>) => Awaitable<boolean>);

/** Export `asset`: path of what a user-managed recipe wraps, for `ctx.asset()` of others. */
export type Asset = string;

/** One piece of host state beside an asset. It runs only where it is selected, and never changes the key. */
export interface SetupPair {
  check: string | ((ctx: HostContext) => Awaitable<boolean>);
  install: string | ((ctx: HostContext) => Awaitable<void>);
  platforms?: Platforms;
  /** Pairs of this recipe that come first. */
  depends?: readonly string[];
}

/** Export `setup`: pairs by name. */
export type Setup = { readonly [name: string]: SetupPair };

/** Export `deploy`: an action on this host when the asset is new, such as registering a service. Must be idempotent. */
export type Deploy<Values = OptionValues> = string | ((ctx: HostContext<Values>) => Awaitable<void>);

/** Export `test`: proves that the asset works; run by `galley test`. */
export type Test<Values = OptionValues> = string | ((ctx: HostContext<Values>) => Awaitable<void>);

/** All exports of a recipe. */
export interface Recipe<Values = OptionValues> {
  identity: Identity;
  options?: Options;
  platforms?: Platforms;
  dependencies?: Dependencies<Values>;
  products?: Products<Values>;
  fetch?: Fetch<Values>;
  stage?: Stage<Values>;
  build?: Build<Values>;
  install?: Install<Values>;
  check?: Check<Values>;
  asset?: Asset;
  setup?: Setup;
  deploy?: Deploy<Values>;
  test?: Test<Values>;
  /** Variables that are inputs: commands see them, and name and value are in the key. */
  env?: readonly string[];
  description?: string;
  homepage?: string;
  license?: string;
  /** Warns whoever uses the recipe. */
  deprecated?: { message: string; replacement?: string };
}

/** A `ctx` with everything that some phase has: for functions that several verbs share. */
export type AnyContext<Values = OptionValues> = Context<Values> &
  Partial<FetchContext<Values> & StageContext<Values> & InstallContext<Values>>;
