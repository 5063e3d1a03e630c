// The projects that are measured: as small as they can be, so that what is seen is Galley and not the work it is given.
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { removeAll } from '../rig/disk.ts';
import type { Program } from './stopwatch.ts';

const HOME = path.resolve(import.meta.dirname, '../..');
const GALLEY = path.join(HOME, 'dist/galley.js');
const { version } = JSON.parse(readFileSync(path.join(HOME, 'package.json'), 'utf8')) as { version: string };

export class BenchProject {
  readonly dir: string;
  readonly #cacheDir: string;
  readonly #env: Readonly<Record<string, string>>;

  /** @param rootDir a directory that does not exist; of this project alone */
  constructor(rootDir: string, files: Readonly<Record<string, string>>) {
    this.dir = path.join(rootDir, 'project');
    this.#cacheDir = path.join(rootDir, 'cache');
    // Nothing of the person who measures: CI and settings change what a sync does.
    this.#env = { PATH: process.env.PATH ?? '', HOME: rootDir, LANG: 'C.UTF-8', GALLEY_CACHE_ROOT: this.#cacheDir };
    // Discovery stops here, whatever lies above.
    mkdirSync(path.join(this.dir, '.git'), { recursive: true });
    for (const [name, text] of Object.entries(files)) this.write(name, text);
  }

  write(name: string, text: string): void {
    const file = path.join(this.dir, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  /** Any program, in the surroundings of the project. */
  program(argv: readonly string[], before?: Program['before']): Program {
    return { argv, cwd: this.dir, env: this.#env, ...(before && { before }) };
  }

  galley(args: readonly string[], before?: Program['before']): Program {
    return this.program([process.execPath, GALLEY, ...args], before);
  }

  /** The same through `galleyw`, with this galley in the project's node_modules. */
  galleyw(args: readonly string[]): Program {
    const file = path.join(this.dir, 'galleyw');
    if (!existsSync(file)) {
      copyFileSync(path.join(HOME, 'runtime/launchers/galleyw'), file);
      mkdirSync(path.join(this.dir, 'node_modules'));
      symlinkSync(HOME, path.join(this.dir, 'node_modules/galley'));
    }
    return this.program(['/bin/sh', file, ...args]);
  }

  /** The path of a product in its asset. */
  product(name: string): string {
    const options = { cwd: this.dir, env: this.#env, encoding: 'utf8' } as const;
    return execFileSync(process.execPath, [GALLEY, 'product', name, '--quiet'], options).trim();
  }

  launcher(product: string): string {
    return path.join(this.dir, '.galley/bin', product);
  }

  /** Everything has to be made again. */
  async forgetAll(): Promise<void> {
    await this.forgetResolution();
    if (existsSync(this.#cacheDir)) await removeAll(this.#cacheDir);
  }

  /** Everything that the manifest in this directory wants has to be looked at again. */
  async forgetResolution(manifestDir = '.'): Promise<void> {
    await rm(path.join(this.dir, manifestDir, '.galley'), { recursive: true, force: true });
  }
}

export const nameOf = (recipe: string): string => `bench.${recipe}@r1`;

export function recipeFile(recipe: string, ...lines: string[]): Record<string, string> {
  return {
    [`recipes/${nameOf(recipe)}.js`]: [`export const identity = '${nameOf(recipe)}';`, ...lines, ''].join('\n'),
  };
}

export function manifest(recipes: readonly string[], root = 'recipes'): string {
  return [
    `export const galley = '${version}';`,
    `export const recipe_roots = ['${root}'];`,
    `export const default_shell = 'sh';`,
    `export const packages = ${JSON.stringify(recipes.map(nameOf))};`,
    '',
  ].join('\n');
}

export const exportOf = (name: string, value: unknown): string => `export const ${name} = ${JSON.stringify(value)};`;

/** What the packages of `trivialFiles` run: one shell command that leaves one small file. */
export const TRIVIAL_COMMAND = 'echo bench > file';

/** Independent packages with one command each. */
export function trivialFiles(count: number): Record<string, string> {
  const recipes = Array.from({ length: count }, (_, index) => `p${index}`);
  const files = recipes.map((recipe) => recipeFile(recipe, exportOf('install', TRIVIAL_COMMAND)));
  return Object.assign({ 'galley.js': manifest(recipes) }, ...files);
}

/** Independent packages whose assets are one copied file. */
export function copyingFiles(count: number): Record<string, string> {
  const recipes = Array.from({ length: count }, (_, index) => `p${index}`);
  const files = recipes.map((recipe) => recipeFile(recipe, exportOf('fetch', { path: '../file.txt' })));
  return Object.assign({ 'file.txt': 'bench\n', 'galley.js': manifest(recipes) }, ...files);
}

/** One package whose command prints. */
export function printingFiles(command: string): Record<string, string> {
  return { 'galley.js': manifest(['printer']), ...recipeFile('printer', exportOf('install', command)) };
}

/** One package for each archive, which becomes the asset as it is. */
export function fetchingFiles(sources: readonly { url: string; sha256: string }[]): Record<string, string> {
  const recipes = sources.map((_, index) => `archive${index}`);
  const files = recipes.map((recipe, index) => recipeFile(recipe, exportOf('fetch', sources[index])));
  return Object.assign({ 'galley.js': manifest(recipes) }, ...files);
}

/** One package whose product has this size, and content that nothing can make smaller. */
export function largeFiles(sizeBytes: number): Record<string, string> {
  const install = `head -c ${sizeBytes} /dev/urandom > large; chmod 755 large`;
  const recipe = recipeFile('large', exportOf('install', install), exportOf('products', { large: 'large' }));
  return { 'galley.js': manifest(['large']), ...recipe };
}

/** A program and a script that do nothing. */
const MAKE_TOOLS = 'cp "$(command -v env)" program\nprintf "#!/bin/sh\\nexit 0\\n" > script\nchmod 755 script';

/** One package with two products: the launcher of a program is a link, that of a script has two lines of sh. */
export const LAUNCHER_FILES: Readonly<Record<string, string>> = {
  'galley.js': manifest(['tools']),
  ...recipeFile(
    'tools',
    exportOf('install', MAKE_TOOLS),
    exportOf('products', { program: 'program', script: 'script' }),
  ),
};

/**
 * Packages of which each needs the one before; an asset is one copied file, so that no command takes time. The directory
 * `<length>` has the manifest that wants the chain up to there.
 */
export function chainFiles(lengths: readonly number[]): Record<string, string> {
  const recipes = Array.from({ length: Math.max(...lengths) }, (_, index) => {
    const dependencies = index === 0 ? [] : [{ recipe: nameOf(`link${index - 1}`) }];
    return recipeFile(
      `link${index}`,
      exportOf('dependencies', dependencies),
      exportOf('fetch', { path: '../file.txt' }),
    );
  });
  const manifests = lengths.map((length) => [`${length}/galley.js`, manifest([`link${length - 1}`], '../recipes')]);
  return Object.assign({ 'file.txt': 'bench\n' }, Object.fromEntries(manifests), ...recipes);
}
