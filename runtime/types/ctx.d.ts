/**
 * `ctx`: what a recipe's functions are given to work with.
 *
 * Functions that touch the world return promises: write `await`. One that is still open when the verb ends is the error
 * `UNAWAITED_CALL`. A failure is an `Error` with a `code`; if the recipe does not catch it, the phase fails with it and
 * the line of the call. `ctx` is frozen, and reading a member that this phase does not have is an error.
 *
 * Relative paths start at the working directory of the phase:
 *
 * | phase | working directory |
 * |---|---|
 * | fetch | `tmp_dir` |
 * | stage, build | `stage_dir` |
 * | install | `install_dir` |
 * | check, setup, deploy, test | `project_root` |
 *
 * Reading is possible in the recipe's own directory, the directories of ctx and declared assets (in check, setup and
 * deploy the project too); writing only in the directories of ctx (in setup and deploy the project too). Links cannot
 * lead out: `PATH_OUTSIDE`.
 */

/** Data as JSON has it. */
export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** Option values as a user gives them, defaults filled in. Name your own type instead to have them checked. */
export type OptionValues = {
  // biome-ignore lint/suspicious/noExplicitAny: the recipe's schema decides, and not a type
  readonly [name: string]: any;
};

/** The machine a package is made on and for. */
export interface Platform {
  /** Its operating system. */
  readonly os: 'linux' | 'darwin' | 'windows';
  /** Its processor. */
  readonly arch: 'x86_64' | 'arm64';
  /** Version of the operating system, as it calls itself: `6.8.0`, `14.5`. */
  readonly os_version: string;
}

/** A shell: by name, or as the arguments before a script file (`ext` is the file's extension) or a script text. */
export type Shell =
  | 'bash'
  | 'sh'
  | 'powershell'
  | 'cmd'
  | { file: readonly string[]; ext: string }
  | { inline: readonly string[] };

/** How a command is run. */
export interface RunOptions {
  /** Working directory. Default: that of the phase. */
  cwd?: string;
  /** Variables besides those that every command sees. */
  env?: { [name: string]: string };
  /** Shell for this script. Default: `default_shell` of the manifest. */
  shell?: Shell;
  /** Fail with `COMMAND_FAILED` when the command ends with another status than 0. Default: true. */
  check?: boolean;
  /** Keep the output out of the terminal; it is still in the log. Default: false. */
  quiet?: boolean;
  /**
   * Capture stdout and stderr apart (each keeps its own order). With `false` both share one descriptor: the log has the
   * exact order, and the result has no text. Default: true.
   */
  capture?: boolean;
  /** Give the command the terminal: for questions of a person's password. Default: false. */
  interactive?: boolean;
  /** Seconds until the command and all its children are ended: `COMMAND_TIMEOUT`. Default: none. */
  timeout_s?: number;
  /** Text for the standard input. Default: none, an empty input. */
  stdin?: string;
}

/** How a command ended. */
export interface RunResult {
  /** 128 and the signal's number when a signal ended it. */
  readonly exit_code: number;
  /** Captured text: the first 4 MiB; the log has all of it. */
  readonly stdout: string;
  /** As `stdout`. */
  readonly stderr: string;
}

/** The `Error` that a failed command throws. */
export interface CommandError extends Error, RunResult {
  /** For a recipe that catches it. */
  readonly code: 'COMMAND_FAILED';
}

/** A file to download. */
export interface Download {
  /**
   * Any transport: `https:`, `file:`, `npm:<package>@<version>`, `crates:<crate>@<version>`,
   * `pypi:<project>@<version>[#file]`, `github:<owner>/<repo>@<tag>#<asset>`,
   * `s3://<bucket>/<key>[?versionId=…]`, `oci://<registry>/<repository>:<tag>[#file]` or `…@sha256:<digest>[#file]`,
   * `git+https:`, `git+http:`, `git+ssh:`, `git+file:`, `git:`.
   */
  url: string;
  /** Expected SHA-256, 64 hexadecimal digits. Without it the first download is written to `galley.lock`. */
  sha256?: string;
  /** For git: tag, branch or full commit. Default: HEAD. A full commit needs no record in `galley.lock`. */
  ref?: string;
  /** For git: only this directory of the repository. */
  subdir?: string;
  /** For git: with the content of submodules. Default: false. */
  submodules?: boolean;
  /** Name in the fetch directory. Default: the last part of the URL; for git `<repository>.tar`. */
  dest?: string;
  /** Headers for `http:` and `https:`. */
  headers?: { [name: string]: string };
}

/** Pure functions on paths. They look at no file, and write `/` on every system. */
export interface PathHelpers {
  /** Joins and normalises: `join("a", "../b")` is `"b"`. */
  join(...parts: string[]): string;
  /** Last part: `"b.tar.gz"` of `"a/b.tar.gz"`. */
  basename(path: string): string;
  /** All but the last part: `"a"` of `"a/b"`, `"."` of `"b"`. */
  dirname(path: string): string;
  /** Last part without its extension: `"b.tar"` of `"a/b.tar.gz"`. */
  stem(path: string): string;
  /** Extension with its dot, or an empty text: `".gz"` of `"a/b.tar.gz"`. */
  ext(path: string): string;
}

/** Messages for whoever watches the run. Need no `await`. Of a message of more than 65,536 characters the rest is cut. */
export interface Log {
  /** Shown with `--verbose`. */
  debug(message: unknown): void;
  /** Shown, except with `--quiet`. */
  info(message: unknown): void;
  /** Something that the reader should look at. */
  warn(message: unknown): void;
  /** Something that will go wrong; does not end the phase by itself. */
  error(message: unknown): void;
}

/** What every phase has. */
export interface Context<Options = OptionValues> {
  /** `namespace.name@revision` of this recipe. */
  readonly identity: string;
  /** The options of this package, defaults filled in. */
  readonly options: Options;
  /** The machine this runs on. */
  readonly platform: Platform;
  /** How many cores a command should use; commands see it as `GALLEY_JOBS`. */
  readonly jobs: number;
  /** Directory of the manifest. */
  readonly project_root: string;
  /** An empty directory for this package, gone after the run. */
  readonly tmp_dir: string;
  /** Pure functions on paths. */
  readonly path: PathHelpers;
  /** Messages for people. */
  readonly log: Log;

  /**
   * Runs a script in a shell. An array is a script by its lines.
   *
   * The environment is clean: `PATH` begins with the products of the dependencies that this phase may use; `GALLEY_*`
   * variables name the directories, options and assets.
   *
   * @throws COMMAND_FAILED with `exit_code`, `stdout`, `stderr`, unless `check: false`
   * @throws COMMAND_TIMEOUT after `timeout_s` seconds
   * @throws COMMAND_NOT_FOUND when the shell is not there
   * @example
   * ```js recipe
   * export const identity = "acme.zlib@r2";
   *
   * export async function build(ctx) {
   *   await ctx.run(["./configure --prefix=$GALLEY_ASSET_DIR", "make -j$GALLEY_JOBS"]);
   *   const probe = await ctx.run("./zlib-test", { check: false, timeout_s: 30 });
   *   if (probe.exit_code !== 0) ctx.log.warn(`self test failed: ${probe.stderr}`);
   * }
   * ```
   */
  run(script: string | readonly string[], options?: RunOptions): Promise<RunResult>;

  /**
   * Directory of the asset of a declared dependency (for a user-managed one: the path of its `asset` export).
   *
   * @param query `name`, `ns.name`, `name@rev`, the whole identity, or the dependency's `as`
   * @throws UNDECLARED_DEPENDENCY when it is not declared, or only for a later phase
   * @example
   * ```js recipe
   * export const identity = "acme.png@r1";
   * export const dependencies = [{ recipe: "acme.zlib@r2" }];
   *
   * export async function build(ctx) {
   *   const zlib = await ctx.asset("zlib");
   *   await ctx.run("make", { env: { CPPFLAGS: `-I${zlib}/include`, LDFLAGS: `-L${zlib}/lib` } });
   * }
   * ```
   */
  asset(query: string): Promise<string>;

  /**
   * Absolute path (or, for a user-managed package, the text) of a product of a declared dependency.
   *
   * @throws UNDECLARED_DEPENDENCY when no declared dependency offers it in this phase
   */
  product(name: string): Promise<string>;

  /** Copies a file or a tree; directories on the way are made. */
  copy(from: string, to: string): Promise<void>;
  /** Moves a file or a tree, also to another file system. Never overwrites. */
  move(from: string, to: string): Promise<void>;

  /**
   * Unpacks an archive: tar, zip, 7z, deb (its files), ar, or a single compressed file, which loses its last suffix.
   *
   * @param file a name in `fetch_dir`, or a path
   * @param options `dest`: directory, default `stage_dir`; `strip_components`: leading parts of each name to drop
   * @returns number of entries written
   * @throws ARCHIVE_UNSAFE before anything is written outside `dest`
   * @throws ARCHIVE_INVALID when it is damaged or of an unknown format
   */
  extract(file: string, options?: { dest?: string; strip_components?: number }): Promise<number>;

  /** True when there is a file, a directory or a link that leads to one. */
  exists(path: string): Promise<boolean>;
  /** True when there is a file, or a link that leads to one. */
  is_file(path: string): Promise<boolean>;
  /** True when there is a directory, or a link that leads to one. */
  is_dir(path: string): Promise<boolean>;
  /** Text of a file, UTF-8, at most 16 MiB. */
  read(path: string): Promise<string>;
  /** Replaces a file in one step; an existing one keeps its mode. Directories on the way are not made. */
  write(path: string, text: string): Promise<void>;
  /** Sorted paths relative to the directory: its own entries, or with `recursive` everything below it. */
  list(path: string, options?: { recursive?: boolean }): Promise<string[]>;
  /** Makes a directory and those above it. */
  mkdir(path: string): Promise<void>;
  /** Removes a file, a link or a whole tree. What is not there is fine. */
  remove(path: string): Promise<void>;
  /** Sets permission bits: `0o755`. */
  chmod(path: string, mode: number): Promise<void>;
  /** Makes a link at `path` that leads to `target`, which must be inside too. */
  symlink(target: string, path: string): Promise<void>;
  /** SHA-256 of a file: 64 hexadecimal digits. */
  hash(path: string): Promise<string>;

  /**
   * Replaces each `{{name}}` by its value. A name without a value is `INVALID_ARGUMENT`.
   *
   * @example
   * ```js recipe
   * export const identity = "acme.config@r1";
   *
   * export async function install(ctx) {
   *   const text = ctx.template("version = {{version}}\njobs = {{jobs}}\n", { version: "1.2", jobs: ctx.jobs });
   *   await ctx.write("settings.ini", text);
   * }
   * ```
   */
  template(text: string, values: { readonly [name: string]: string | number | boolean }): string;
}

/** The directories that payload phases share. */
export interface PayloadContext<Options = OptionValues> extends Context<Options> {
  /** What the fetch phase committed. */
  readonly fetch_dir: string;
  /** The finished asset will be here: configure for this path, and install into `install_dir`. */
  readonly asset_dir: string;
}

/** `ctx` of `fetch`. */
export interface FetchContext<Options = OptionValues> extends PayloadContext<Options> {
  /**
   * Downloads to `tmp_dir`, several at once. Nothing reaches `fetch_dir` before `commit_fetch()`.
   *
   * @returns the names of the files, in the order of the specifications
   * @throws DIGEST_MISMATCH, FETCH_FAILED, SOURCE_NOT_FOUND, OFFLINE
   * @example
   * ```js recipe
   * export const identity = "acme.tool@r1";
   *
   * export async function fetch(ctx) {
   *   const [index] = await ctx.fetch("https://example.com/releases.json");
   *   const { latest } = JSON.parse(await ctx.read(index));
   *   const files = await ctx.fetch([{ url: latest.url, sha256: latest.sha256, dest: "tool.tar.gz" }]);
   *   await ctx.commit_fetch(files);
   * }
   * ```
   */
  fetch(spec: string | Download | readonly (string | Download)[]): Promise<string[]>;
  /** Puts downloaded files into `fetch_dir`: all of them, or on an error none. */
  commit_fetch(files: string | readonly string[]): Promise<void>;
  /** Copies one local file into `fetch_dir` as `dest`, if it has this SHA-256. */
  import(src: string, dest: string, sha256: string): Promise<void>;
}

/** `ctx` of `stage`. */
export interface StageContext<Options = OptionValues> extends PayloadContext<Options> {
  /** Where the sources are unpacked and built. */
  readonly stage_dir: string;
  /** Unpacks every archive of `fetch_dir` into `stage_dir`. Returns the number of entries written. */
  extract_all(options?: { strip_components?: number }): Promise<number>;
}

/** `ctx` of `build`. */
export interface BuildContext<Options = OptionValues> extends PayloadContext<Options> {
  /** Where the sources are. */
  readonly stage_dir: string;
}

/** `ctx` of `install`. */
export interface InstallContext<Options = OptionValues> extends PayloadContext<Options> {
  /** Where the sources were built. */
  readonly stage_dir: string;
  /** What is in here becomes the asset. Write here, not to `asset_dir`. */
  readonly install_dir: string;
  /**
   * Declares the asset complete, also when `install_dir` is empty. Counts when the function then returns without an
   * error. Needs no `await`; may be called again.
   *
   * @throws CHECK_OWNS_NO_ASSET in a recipe with a `check`: what it wraps lives outside the cache
   * @example
   * ```js recipe
   * export const identity = "acme.header@r1";
   *
   * export async function install(ctx) {
   *   await ctx.mkdir("include");
   *   await ctx.copy(`${ctx.stage_dir}/acme.h`, "include/acme.h");
   *   ctx.mark_install_complete();
   * }
   * ```
   */
  mark_install_complete(): void;
}

/** `ctx` of `check`, `deploy`, `test` and of the functions of `setup` pairs. */
export interface HostContext<Options = OptionValues> extends Context<Options> {
  /** The finished asset; user-managed packages have none. */
  readonly asset_dir: string;
}
