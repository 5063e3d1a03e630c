// What the answer of a sync depends on: everything on disk that was looked at, and the way there.
import path from 'node:path';
import { isBundle, withIncluded } from '../model/manifest.ts';
import { followLinks } from '../system/links.ts';
import { findStamp } from '../system/stamp.ts';
import { loadedOf, type Package } from './package.ts';
import type { Project } from './project.ts';
import { recipeFiles } from './recipe-files.ts';
import type { Run } from './world.ts';

export interface Inputs {
  /** Files, directories, and links that lead to them. */
  read: string[];
  /** What must stay away. */
  absent: string[];
}

export async function inputsOf(
  packages: readonly Package[],
  { manifest, settingsFiles, lockFile, openedWith }: Project,
  run: Run,
): Promise<Inputs> {
  const { files } = run.world;
  const scopes = withIncluded(manifest);
  const read = new Set<string>([
    ...scopes.flatMap((scope) => scope.files),
    ...run.bundles.files,
    ...run.trees.sources,
    ...packages.flatMap(namedFiles),
    // Also one that was removed since: what it said still counted.
    ...openedWith,
  ]);
  const absent = new Set<string>();
  for (const file of [...settingsFiles, lockFile, ...scopes.flatMap((scope) => scope.recipeRoots)]) {
    if (!read.has(file)) ((await files.exists(file)) ? read : absent).add(file);
  }
  for (const pkg of packages) {
    for (const file of await recipeFiles(loadedOf(pkg).recipe, files)) read.add(file);
  }
  for (const pkg of run.graph.all()) for (const candidate of await shadowsOf(pkg, run)) absent.add(candidate);
  // A stamp is that of a link itself: what it leads to counts as well, and every link on the way.
  const { links, ends } = followLinks(read);
  for (const link of links) read.add(link);
  for (const end of ends) if (!read.has(end)) (findStamp(end) === undefined ? absent : read).add(end);
  // Links in a tree are part of it, wherever they lead.
  for (const file of await run.trees.looked()) read.add(file);
  return { read: [...read], absent: [...absent] };
}

/** The recipe as somebody wrote it: its own files are known by where that leads. */
function namedFiles({ request, loaded }: Package): string[] {
  if (request.source?.form === 'path') return [request.source.path];
  const listed = loaded && isBundle(loaded.scope) ? loaded.scope.recipes[request.recipe] : undefined;
  return listed === undefined ? [] : [listed];
}

/** Where the recipe would have been looked for before it was found. */
async function shadowsOf({ request, loaded, origin }: Package, { world }: Run): Promise<string[]> {
  if (request.source !== undefined || loaded === undefined) return [];
  const shadows: string[] = [];
  for (const root of origin.scope.recipeRoots) {
    if (!(await world.files.exists(root))) continue;
    const real = await world.files.realPath(root);
    for (const name of [`${request.recipe}.js`, path.join(request.recipe, 'recipe.js')]) {
      if (path.join(real, name) === loaded.recipe.file) return shadows;
      shadows.push(path.join(root, name));
    }
  }
  return shadows;
}
