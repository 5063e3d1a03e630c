import { chmodSync, copyFileSync, mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { VERSION } from '../../../src/version.ts';
import { BenchProject, exportOf, manifest, nameOf, recipeFile } from '../projects.ts';
import type { Program } from '../stopwatch.ts';
import { COMMAND, GRAPH, TOP } from './graph.ts';

const REPOSITORY = path.resolve(import.meta.dirname, '../../..');

/** The graph as recipes. */
export function createGraphProject(dir: string): BenchProject {
  const recipes = GRAPH.map(({ name, below }) => {
    const dependencies = below.map((other) => ({ recipe: nameOf(other) }));
    return recipeFile(name, exportOf('dependencies', dependencies), exportOf('install', `${COMMAND} > file`));
  });
  const pinned = `${exportOf('galley', VERSION)}\n${manifest([TOP])}`;
  return new BenchProject(dir, Object.assign({ 'galley.js': pinned }, ...recipes));
}

/** As a project has it whose package.json names galley. */
export function launcherOf(project: BenchProject, args: readonly string[]): Program {
  const galleyw = path.join(project.dir, 'galleyw');
  copyFileSync(path.join(REPOSITORY, 'runtime/launchers/galleyw'), galleyw);
  chmodSync(galleyw, 0o755);
  mkdirSync(path.join(project.dir, 'node_modules'));
  symlinkSync(REPOSITORY, path.join(project.dir, 'node_modules/galley'));
  return project.program([galleyw, ...args]);
}
