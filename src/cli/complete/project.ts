// The names that a project has, for completion: read from the text of files, in a few milliseconds. No recipe is
// evaluated, so that a key press in somebody else's checkout runs nothing of it; what only an evaluation could tell is
// known once the project was synced.
import { SAVED_FILE } from '../../build/saved.ts';
import { IDENTITY } from '../../model/identity.ts';
import { findNamesSync, findTextSync } from '../../system/stamp.ts';

export interface ProjectNames {
  /** Identities, sorted. */
  packages: string[];
  /** Products that have a launcher. */
  products: string[];
}

export const NO_NAMES: ProjectNames = { packages: [], products: [] };

/** @param manifest absolute */
export function readProjectNames(manifest: string): ProjectNames {
  const rootDir = manifest.slice(0, manifest.lastIndexOf('/'));
  const text = findTextSync(manifest) ?? '';
  const found = [
    ...quotedIn(text),
    ...recipesIn(text, rootDir),
    // Both name what the packages of the manifest need, in labels and in paths.
    ...['galley.lock', SAVED_FILE].flatMap((name) => namedIn(findTextSync(`${rootDir}/${name}`) ?? '')),
  ];
  return { packages: [...new Set(found)].sort(), products: launchersOf(rootDir) };
}

function quotedIn(text: string): string[] {
  return [...text.matchAll(/(['"`])([^'"`\s]+)\1/g)].flatMap(([, , word = '']) => (IDENTITY.test(word) ? [word] : []));
}

function namedIn(text: string): string[] {
  return [...text.matchAll(/[a-z0-9][a-z0-9_-]*\.[a-z0-9][a-z0-9._-]*@[a-z0-9][a-z0-9._-]*/g)].map(([name]) =>
    name.replace(/\.js$/, ''),
  );
}

/** Recipes in the roots that a manifest lists word by word. */
function recipesIn(text: string, rootDir: string): string[] {
  const [, list = ''] = /\brecipe_roots\s*=\s*\[([^\]]*)\]/.exec(text) ?? [];
  const roots = [...list.matchAll(/(['"`])([^'"`]+)\1/g)].map(([, , root = '']) => root);
  return roots
    .flatMap((root) => findNamesSync(root.startsWith('/') ? root : `${rootDir}/${root}`))
    .map((name) => name.replace(/\.js$/, ''))
    .filter((name) => IDENTITY.test(name));
}

function launchersOf(rootDir: string): string[] {
  try {
    const record = JSON.parse(findTextSync(`${rootDir}/.galley/launchers.json`) ?? '{}') as { launchers?: object };
    const names = Object.keys(record.launchers ?? {}).map((file) => file.slice(file.lastIndexOf('/') + 1));
    // A file in a checkout can say anything, and a shell may take it for more than a word.
    return names.filter((name) => /^[\w.+-]+$/.test(name));
  } catch {
    return [];
  }
}
