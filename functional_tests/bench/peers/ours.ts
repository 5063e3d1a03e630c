import { BenchProject, exportOf, manifest, nameOf, recipeFile } from '../projects.ts';
import { COMMAND, GRAPH, TOP } from './graph.ts';

/** The graph as recipes. */
export function createGraphProject(dir: string): BenchProject {
  const recipes = GRAPH.map(({ name, below }) => {
    const dependencies = below.map((other) => ({ recipe: nameOf(other) }));
    return recipeFile(name, exportOf('dependencies', dependencies), exportOf('install', `${COMMAND} > file`));
  });
  return new BenchProject(dir, Object.assign({ 'galley.js': manifest([TOP]) }, ...recipes));
}
