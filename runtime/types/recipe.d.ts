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
  RunResult,
  StageContext,
} from './ctx.d.ts';

export type * from './ctx.d.ts';

declare global {
  /** The machine this runs on. Frozen; the only fact about it that a module may depend on. */
  const host: { readonly os: 'linux' | 'darwin' | 'windows'; readonly arch: 'x86_64' | 'arm64' };
}

type Awaitable<T> = T | Promise<T>;

/** `namespace.name@revision`, at most 200 characters; must equal what the referrer asked for. The software's version is an option. */
export type Identity = `${string}.${string}@${string}`;

/** `linux`, or with an architecture `darwin-arm64`. */
export type PlatformPattern =
  | 'linux'
  | 'darwin'
  | 'windows'
  | `${'linux' | 'darwin' | 'windows'}-${'x86_64' | 'arm64'}`;

/** What one option accepts. */
export interface OptionSchema {
  /**
   * What a value is: a text, a whole number, any number, `true` or `false`, a version such as `"1.2.3"`, a list of anything, a
   * table of anything.
   */
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

/** Export `options`: the schema, or a function of the given options that returns it. Unknown options are errors. A name has at most 128 characters. */
export type Options =
  | { readonly [name: string]: OptionSchema }
  | ((options: OptionValues) => Awaitable<{ readonly [name: string]: OptionSchema }>);

/** Export `platforms`. On others the package is skipped in the manifest, and an error as a dependency. */
export type Platforms = readonly PlatformPattern[];

/** The phase that first needs a dependency. */
export type NeededBy = 'check' | 'fetch' | 'stage' | 'build' | 'install' | 'setup' | 'deploy';

/** A source that needs other packages before the recipe itself can be fetched. */
export interface SourceWithPrerequisites {
  /** Fetches the recipe, as a verb `fetch` does its sources. */
  fetch: (ctx: FetchContext) => Awaitable<DeclarativeFetch> | Awaitable<void>;
  /** Packages that must be finished before. */
  dependencies: readonly Dependency[];
}

/** What every dependency on a package may say. */
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
  /** `namespace.name@revision`. */
  recipe: string;
  /** Path or URL of the recipe. Default: the recipe roots of the manifest. */
  source?: string | SourceWithPrerequisites;
  /** Expected SHA-256 of the recipe at the source. */
  sha256?: string;
  /** Tag, branch or full commit, for a git repository. */
  ref?: string;
  /** Directory of the recipe in an archive or repository. */
  subdir?: string;
  /** Instead of a source: the recipe is in this bundle. An alias of the manifest, or of the bundle this recipe is in. */
  bundle?: string | Bundle;
  /** Values for the options of the recipe. */
  options?: { readonly [name: string]: Json };
  /** Setup pairs of it that this package needs. */
  setup?: readonly string[];
}

/** The one match in the graph, or else the fallback. */
export interface WeakDependency extends DependencyBase {
  /** `name`, `ns.name`, `name@rev` or the whole identity. */
  recipe: string;
  /** The fallback: added to the graph when nothing matches. */
  weak: StrongDependency;
}

/** Whatever offers this product. */
export interface ProductDependency extends DependencyBase {
  /** A name in `products` of some recipe. */
  product: string;
  /** Only this recipe may offer it. */
  recipe?: string;
  /** The fallback: added to the graph when nobody offers it. */
  weak?: StrongDependency;
}

/**
 * Code only: nothing is installed, and the recipe may import from the bundle. What it imports is part of its key.
 *
 * @example
 * ```js recipe
 * import { flags } from "bundle:acme/lib/flags.js";
 *
 * export const identity = "local.app@r1";
 * export const dependencies = [{ bundle: "acme" }];
 * export const build = `cc ${flags} app.c -o app`;
 * ```
 */
export interface BundleDependency {
  /** Alias in `bundles` of the manifest that asks for this recipe, or of the bundle that this recipe is in. */
  bundle: string;
}

/** Many recipes that are shipped together. */
export interface Bundle {
  /** What `galley-bundle.js` of the bundle says it is. */
  identity: Identity;
  /** Directory, relative to this file; or a URL of an archive or repository; or a function. */
  source: string | SourceWithPrerequisites;
  /** Expected SHA-256 of an archive. */
  sha256?: string;
  /** Tag, branch or full commit, for a git repository. */
  ref?: string;
  /** Directory of the bundle in an archive or repository. */
  subdir?: string;
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
  /** A file, or a directory with all below it. */
  path: string;
  /**
   * Patterns of what is taken, relative to `path`; a directory stands for all that is in it. `*` and `?` are any characters
   * of a name, `[abc]` and `[!a-z]` one of a set, `{a,b}` alternatives, and `**` any number of directories. What begins with a
   * dot is named with its dot. Default: everything but `.git`, `.galley` and output directories.
   */
  include?: readonly string[];
  /** The same for what is left out. Default: nothing more. */
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

type Scalar = string | number | boolean;

/** What every build system takes. */
interface BuildCommon {
  /** Variables for the commands of this build, added to what all commands see. */
  env?: { readonly [name: string]: string };
}

/** `cmake -S -B`, `cmake --build`, `cmake --install`: configured for `asset_dir`, built in `$GALLEY_TMP_DIR/build`. */
export interface CmakeBuild extends BuildCommon {
  /** Where CMakeLists.txt is, relative to `stage_dir`. Default: `stage_dir`. */
  source_dir?: string;
  /** `-G`. Default: Ninja where a dependency or the machine has it, else Unix Makefiles. */
  generator?: string;
  /** `CMAKE_BUILD_TYPE`. Default: `Release`. */
  build_type?: string;
  /** `-D`: booleans become ON and OFF, lists are joined by `;`. They win over the defaults that galley sets. */
  defines?: { readonly [name: string]: Scalar | readonly Scalar[] };
  /** `--target`. Default: all. */
  targets?: readonly string[];
  /** `--component` of the install. Default: all. */
  components?: readonly string[];
  /** Added to the call that configures. */
  configure_args?: readonly string[];
  /** Added to `cmake --build`. */
  build_args?: readonly string[];
  /** Added to `cmake --install`. */
  install_args?: readonly string[];
}

/** `meson setup`, `meson compile`, `meson install`: configured for `asset_dir`, built in `$GALLEY_TMP_DIR/build`. */
export interface MesonBuild extends BuildCommon {
  /** Where meson.build is, relative to `stage_dir`. Default: `stage_dir`. */
  source_dir?: string;
  /** Default: `release`. */
  buildtype?: string;
  /** `-D`, the project's options and Meson's own; lists are joined by `,`. They win over the defaults that galley sets. */
  options?: { readonly [name: string]: Scalar | readonly Scalar[] };
  /** Added to `meson setup`. */
  setup_args?: readonly string[];
  /** Added to `meson compile`. */
  compile_args?: readonly string[];
  /** Added to `meson install`. */
  install_args?: readonly string[];
}

/** `./configure --prefix=<asset_dir>`, `make`, `make install DESTDIR=…`, in the source directory. */
export interface AutotoolsBuild extends BuildCommon {
  /** Where configure is, relative to `stage_dir`. Default: `stage_dir`. */
  source_dir?: string;
  /** Runs `autoreconf --install --force` first. Default: false. */
  autoreconf?: boolean;
  /** Added to `./configure`. */
  configure_args?: readonly string[];
  /** Targets of the build. Default: the makefile's first. */
  targets?: readonly string[];
  /** Default: `install`. */
  install_targets?: readonly string[];
  /** Added to both calls of make. */
  make_args?: readonly string[];
}

/** `make PREFIX=<asset_dir> prefix=<asset_dir>`, `make install … DESTDIR=…`. */
export interface MakeBuild extends BuildCommon {
  /** Where make starts, relative to `stage_dir`. Default: `stage_dir`. */
  directory?: string;
  /** `-f`, relative to `directory`. */
  makefile?: string;
  /** Targets of the build. Default: the makefile's first. */
  targets?: readonly string[];
  /** `NAME=value` for both calls; make expands `$(GALLEY_ASSET_DIR)` and `$(CPPFLAGS)` in them. */
  variables?: { readonly [name: string]: Scalar };
  /** Default: `install`. */
  install_targets?: readonly string[];
  /** Added for the install. A makefile without DESTDIR needs `{ PREFIX: "$(GALLEY_INSTALL_DIR)" }`. */
  install_variables?: { readonly [name: string]: Scalar };
  /** Added to both calls. */
  args?: readonly string[];
}

/**
 * `cargo build`; the programs become `bin/*` of the asset. Of `.cargo/config.toml` the `rustflags` do not count, wherever
 * it is, as paths are mapped by flags too: write `env: { RUSTFLAGS }`.
 */
export interface CargoBuild extends BuildCommon {
  /** Where Cargo.toml is, relative to `stage_dir`. Default: `stage_dir`. */
  directory?: string;
  /** `--package`. */
  packages?: readonly string[];
  /** `--bin`. Default: all programs. */
  bins?: readonly string[];
  /** `--features`. */
  features?: readonly string[];
  /** `--no-default-features`. */
  no_default_features?: boolean;
  /** `--all-features`. */
  all_features?: boolean;
  /** Default: `release`. */
  profile?: string;
  /** The triple that is built for. Default: the host's. */
  target?: string;
  /** Cargo.lock counts, and must be there and fit. Default: true. */
  locked?: boolean;
  /** Added to `cargo build`. */
  args?: readonly string[];
}

/** `go build -trimpath`; the programs become `bin/*` of the asset. */
export interface GoBuild extends BuildCommon {
  /** Where go.mod is, relative to `stage_dir`. Default: `stage_dir`. */
  directory?: string;
  /** Default: `.`. */
  packages?: readonly string[];
  /** `-tags`. */
  tags?: readonly string[];
  /** Flags of the linker, such as `-X main.version=1.0`. */
  ldflags?: readonly string[];
  /** Whether C code is compiled. Default: false, so that programs need nothing of the host. */
  cgo?: boolean;
  /** Added to `go build`. */
  args?: readonly string[];
}

/** `npm ci`, the scripts, and an install of what `npm pack` would take, with its production dependencies. */
export interface NpmBuild extends BuildCommon {
  /** Where package.json is, relative to `stage_dir`. Default: `stage_dir`. */
  directory?: string;
  /** Scripts of package.json in the order in which they run. Default: `build`, if there is one. */
  scripts?: readonly string[];
  /** package-lock.json counts, and must be there. Default: true. */
  locked?: boolean;
  /** Added to `npm ci`. */
  install_args?: readonly string[];
}

/**
 * A build system with its fields. The tools are taken from the products of the dependencies (`cmake`, `ninja`, `cc`, …),
 * else from the machine. Without an export `install` the tool's own install makes the asset.
 *
 * @example
 * ```js recipe
 * export const identity = "acme.expat@r1";
 * export const fetch = "crates:expat-sys@2.1.6";
 * export const stage = { strip_components: 1 };
 * export const build = { cmake: { source_dir: "expat", defines: { BUILD_tests: false } } };
 * ```
 */
export type DeclarativeBuild =
  | { cmake: CmakeBuild }
  | { make: MakeBuild }
  | { meson: MesonBuild }
  | { cargo: CargoBuild }
  | { autotools: AutotoolsBuild }
  | { go: GoBuild }
  | { npm: NpmBuild };

/**
 * Export `build`: a script, a build system, or a function, which may answer a build system that is then run; what
 * `ctx.run` answered means nothing. Absent: nothing is built.
 */
export type Build<Values = OptionValues> =
  | string
  | DeclarativeBuild
  | ((ctx: BuildContext<Values>) => Awaitable<DeclarativeBuild> | Awaitable<RunResult> | Awaitable<void>);

/**
 * Export `install`: a script (its end with status 0 completes the asset) or a function. Absent: the install of the
 * declarative build; without one a filled `install_dir`, else a filled `stage_dir`, becomes the asset.
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
  /** True: it is there, and `install` is not run. */
  check: string | ((ctx: HostContext) => Awaitable<boolean>);
  /** Brings it about; the check has to be true afterwards. */
  install: string | ((ctx: HostContext) => Awaitable<void>);
  /** Only there. */
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
  /** One line for people. */
  description?: string;
  /** Address of the software. */
  homepage?: string;
  /** In SPDX's words, `MIT OR Apache-2.0`: told in bills of materials (`galley sbom`). */
  license?: string;
  /** Warns whoever uses the recipe. */
  deprecated?: { message: string; replacement?: string };
}

/** A `ctx` with everything that some phase has: for functions that several verbs share. */
export type AnyContext<Values = OptionValues> = Context<Values> &
  Partial<FetchContext<Values> & StageContext<Values> & InstallContext<Values>>;
