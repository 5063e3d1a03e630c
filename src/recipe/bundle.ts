// The exports of galley-bundle.js, checked: which recipes a bundle has, and which bundles those use in turn.
import { dirname, resolve } from 'node:path';
import type { Parsed } from '../model/diagnostic.ts';
import type { JsonObject } from '../model/json.ts';
import type { Bundle } from '../model/manifest.ts';
import { Cursor } from './cursor.ts';
import { bundleRequest } from './dependency.ts';
import { SHIPPED } from './find.ts';
import { askedIdentity, BUNDLE_ALIAS, IDENTITY_NAME, insidePath } from './name.ts';
import { read, record, refine, table } from './shape.ts';

/** In the root of every bundle. */
export const BUNDLE_NAME = 'galley-bundle.js';

const recipes = refine(
  record(IDENTITY_NAME, insidePath, 'a table: identity → path in the bundle'),
  (places, at): Record<string, string> => {
    for (const identity of Object.keys(places).filter((name) => name.startsWith(`${SHIPPED}.`)))
      at.enter(identity).misplaced('has the namespace of the recipes that ship with Galley');
    return places;
  },
);

/**
 * Checks the exports of a bundle.
 *
 * @param module.file absolute path of galley-bundle.js, behind all links
 * @param module.asked the identity that the referrer asked for
 * @returns the bundle, or all problems: INVALID_VALUE, MISSING_VALUE, UNKNOWN_FIELD, IDENTITY_MISMATCH
 */
export function parseBundle(
  exports: JsonObject,
  { file, files, asked }: { file: string; files: string[]; asked: string },
): Parsed<Bundle> {
  const at = new Cursor({ file });
  const shape = table({
    required: { identity: askedIdentity(asked), recipes },
    optional: { bundles: record(BUNDLE_ALIAS, bundleRequest, 'a table of bundles') },
  });
  const fields = read(shape, exports, at);
  if (fields === undefined) return at.conclude<Bundle>(undefined);
  const { identity, bundles = {} } = fields;
  const rootDir = dirname(file);
  const places = Object.entries(fields.recipes).map(([name, path]) => [name, resolve(rootDir, path)]);
  return at.conclude<Bundle>({
    name: file,
    file,
    rootDir,
    files,
    identity,
    recipes: Object.fromEntries(places),
    bundles,
    recipeRoots: [],
  });
}
