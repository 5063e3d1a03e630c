// A project of its own for one test, with its own cache and home, gone afterwards. When the test went well, nothing that
// a finished run must clear away may be left: that is asserted here once, for every functional test.
import { cp, mkdir, mkdtemp, realpath, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { removeAll } from './disk.ts';
import { findLeftovers } from './leftovers.ts';

/** Relative path → text. */
export type Files = Readonly<Record<string, string>>;

export interface Project {
  /** Holds all the directories below, and nothing of another test. */
  rootDir: string;
  /** Where galley.js is. */
  dir: string;
  cacheDir: string;
  homeDir: string;
  /** An absolute path in the project. */
  at(...parts: string[]): string;
  write(files: Files): Promise<void>;
}

export interface ProjectOptions {
  /** False for tests that kill galley: a dead process clears nothing away. */
  expectTidy?: boolean;
}

/** Makes a project with these files, to which `write` may add more. */
export async function createProject(files: Files = {}, options: ProjectOptions = {}): Promise<Project> {
  const project = await createEmpty(options);
  await project.write(files);
  return project;
}

/** Makes a project from any directory, with nothing added to it. */
export async function copyProject(dir: string, options: ProjectOptions = {}): Promise<Project> {
  const project = await createEmpty(options);
  await cp(dir, project.dir, { recursive: true });
  return project;
}

async function createEmpty({ expectTidy = true }: ProjectOptions): Promise<Project> {
  // Commands answer with real paths, and on some systems the temporary directory is behind a link.
  const rootDir = await mkdtemp(path.join(await realpath(tmpdir()), 'galley-'));
  const [dir, cacheDir, homeDir] = [`${rootDir}/project`, `${rootDir}/cache`, `${rootDir}/home`] as const;
  const at = (...parts: string[]): string => path.join(dir, ...parts);
  await mkdir(homeDir);
  // Discovery must stop here, whatever lies above the temporary directory.
  await mkdir(at('.git'), { recursive: true });
  onTestFinished(async ({ task }) => {
    // A test that failed may have stopped anywhere, and its own message must be the one that is read.
    const left = task.result?.state === 'pass' && expectTidy ? await findLeftovers({ rootDir, cacheDir }) : [];
    await removeAll(rootDir);
    expect(left, 'left behind after the test').toEqual([]);
  });
  return { rootDir, dir, cacheDir, homeDir, at, write: createWriter(dir) };
}

/**
 * Writes files, and what every test would repeat: the identity of a recipe is the name of its file, and without a
 * `galley.js` of the test the project wants every recipe in `recipes/`.
 */
function createWriter(dir: string): Project['write'] {
  const written = new Set<string>();
  return async (files) => {
    for (const name of Object.keys(files)) written.add(name);
    const manifest = written.has('galley.js') ? {} : { 'galley.js': defaultManifest([...written]) };
    for (const [name, text] of Object.entries({ ...manifest, ...files })) {
      const file = path.join(dir, name);
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, withIdentity(name, text));
    }
  };
}

const RECIPE_FILE = /^recipes\/([^/]+@[^/]+?)(?:\.js|\/recipe\.js)$/;

/** On the same line, so that positions in messages stay those of the text. */
function withIdentity(name: string, text: string): string {
  const identity = RECIPE_FILE.exec(name)?.[1];
  if (identity === undefined || text.includes('export const identity')) return text;
  return `export const identity = '${identity}';${text}`;
}

function defaultManifest(names: readonly string[]): string {
  const packages = names.flatMap((name) => RECIPE_FILE.exec(name)?.[1] ?? []);
  return `export const recipe_roots = ['recipes'];\nexport const packages = ${JSON.stringify(packages)};\n`;
}
