// Galley with a bug in it: built from a copy of the sources in which some lines are others, to show that tests would see it.
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';

const HOME = path.resolve(import.meta.dirname, '../..');

export interface Plant {
  /** Below src/. */
  file: string;
  from: string;
  to: string;
}

/** Answers the program. The text that is replaced has to be there, once. */
export async function buildWith(plants: readonly Plant[]): Promise<string> {
  const dir = await mkdtemp(path.join(await realpath(tmpdir()), 'galley-planted-'));
  onTestFinished(() => rm(dir, { recursive: true }));
  for (const name of ['src', 'runtime', 'recipes', '.config', 'package.json', 'tsconfig.json'])
    await cp(path.join(HOME, name), path.join(dir, name), { recursive: true });
  await symlink(await realpath(path.join(HOME, 'node_modules')), path.join(dir, 'node_modules'));
  for (const { file, from, to } of plants) {
    const source = path.join(dir, 'src', file);
    const text = await readFile(source, 'utf8');
    if (text.split(from).length !== 2) throw new Error(`"${from}" is not in ${file} once`);
    await writeFile(
      source,
      text.replace(from, () => to),
    );
  }
  await promisify(execFile)(process.execPath, [path.join(dir, '.config/bundle.mjs')]);
  return path.join(dir, 'dist/galley.js');
}
