// What an escape would reach: the home directory, the project, and whatever is beside the directories of a recipe.
import { readdir, stat } from 'node:fs/promises';
import { readTree } from './disk.ts';
import type { Project } from './project.ts';

/** All of it, as a value to be compared before and after. */
export async function lookOutside(project: Project): Promise<unknown> {
  return {
    home: await readTree(project.homeDir),
    mode: (await stat(`${project.homeDir}/secret`)).mode,
    recipes: await readTree(project.at('recipes')),
    manifest: (await readTree(project.dir))['galley.js'],
  };
}

/** Where anything is that an escape has made: tests give all of it this name. */
export async function findEscaped({ rootDir }: Project): Promise<string[]> {
  return (await readdir(rootDir, { recursive: true })).filter((name) => name.includes('escaped'));
}
