// The projects that are measured: as small as they can be, so that what is seen is Galley and not the work it is given.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Program } from './stopwatch.ts';

const GALLEY = path.resolve(import.meta.dirname, '../../dist/galley.js');

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
  program(argv: readonly string[], before?: () => void): Program {
    return { argv, cwd: this.dir, env: this.#env, ...(before && { before }) };
  }

  galley(args: readonly string[], before?: () => void): Program {
    return this.program([process.execPath, GALLEY, ...args], before);
  }

  /** Everything has to be made again. */
  forgetAll(): void {
    this.forgetResolution();
    rmSync(this.#cacheDir, { recursive: true, force: true });
  }

  /** Everything has to be looked at again. */
  forgetResolution(): void {
    rmSync(path.join(this.dir, '.galley'), { recursive: true, force: true });
  }
}

const recipeFile = (name: string): string => `recipes/bench.${name}@r1.js`;
const recipe = (name: string, body: string): string => `export const identity = 'bench.${name}@r1';\n${body}\n`;

export function manifest(names: readonly string[]): string {
  const packages = names.map((name) => `bench.${name}@r1`);
  return [
    "export const recipe_roots = ['recipes'];",
    "export const default_shell = 'sh';",
    `export const packages = ${JSON.stringify(packages)};\n`,
  ].join('\n');
}

/** One shell command that leaves one small file. */
export const TRIVIAL_COMMAND = 'echo bench > file';

/** Independent packages with one command each. */
export function trivialFiles(count: number): Record<string, string> {
  const names = Array.from({ length: count }, (_, index) => `p${index}`);
  const recipes = names.map((name) => [recipeFile(name), recipe(name, `export const install = '${TRIVIAL_COMMAND}';`)]);
  return { 'galley.js': manifest(names), ...Object.fromEntries(recipes) };
}

/** One package whose command prints. */
export function printingFiles(command: string): Record<string, string> {
  const text = recipe('printer', `export const install = ${JSON.stringify(command)};`);
  return { 'galley.js': manifest(['printer']), [recipeFile('printer')]: text };
}

/** One package with two products: a program, which gets a link, and a script, which gets two lines of sh. */
export function launcherFiles(): Record<string, string> {
  const body = [
    `export const install = ${JSON.stringify('cp "$(command -v true)" program\nprintf "#!/bin/sh\\nexit 0\\n" > script\nchmod 755 script')};`,
    "export const products = { program: 'program', script: 'script' };",
  ].join('\n');
  return { 'galley.js': manifest(['tools']), [recipeFile('tools')]: recipe('tools', body) };
}

/** Packages that each need the one before: their asset is one copied file, so that no command takes time. */
export function chainFiles(count: number): Record<string, string> {
  const files: Record<string, string> = { 'file.txt': 'bench\n' };
  for (let index = 0; index < count; index++) {
    const needs = index === 0 ? [] : [{ recipe: `bench.link${index - 1}@r1` }];
    const body = `export const dependencies = ${JSON.stringify(needs)};\nexport const fetch = { path: '../file.txt' };`;
    files[recipeFile(`link${index}`)] = recipe(`link${index}`, body);
  }
  return files;
}

/** The manifest that wants the chain up to its `length`th package. */
export function chainManifest(length: number): string {
  return manifest([`link${length - 1}`]);
}
