// The exports of a recipe module, checked: every problem at once, or the recipe with all forms told apart.
import type { Parsed } from '../model/diagnostic.ts';
import type { JsonObject } from '../model/json.ts';
import type { ModuleSource } from '../model/module.ts';
import { BLANK_RECIPE, type Recipe } from '../model/recipe.ts';
import { Cursor } from './cursor.ts';
import { dependencies } from './dependency.ts';
import { fetchVerb } from './fetch-item.ts';
import { askedIdentity, platforms, variableNames } from './name.ts';
import { optionSchema } from './option-schema.ts';
import { assetProducts, freeProducts } from './product.ts';
import { setupPairs } from './setup.ts';
import { callable, either, read, table, text } from './shape.ts';
import { buildVerb, stageVerb, verb } from './verb.ts';

const METADATA = { description: text, homepage: text, license: text };

const COMMON = {
  options: either(optionSchema, callable),
  platforms,
  dependencies: either(dependencies, callable),
  fetch: fetchVerb,
  stage: stageVerb,
  build: buildVerb,
  install: verb,
  check: verb,
  setup: setupPairs,
  deploy: verb,
  test: verb,
  env: variableNames,
  ...METADATA,
  deprecated: table({ required: { message: text }, optional: { replacement: text }, expected: 'a table { message }' }),
};

/** A recipe with `check` wraps something outside the cache, so its products and asset are the author's own words. */
const USER_MANAGED = { ...COMMON, products: either(freeProducts, callable), asset: text };
const CACHE_MANAGED = { ...COMMON, products: either(assetProducts, callable) };
const NO_ASSET = { asset: 'is only for a recipe with a "check": the cache decides where other assets are' };

export interface RecipeModule {
  /** Absolute path of the module. */
  file: string;
  rootDir: string;
  isDirectory: boolean;
  /** The module with all that it may import. */
  module: ModuleSource;
  /** Every file of its import graph, absolute. */
  files: string[];
  /** Directory → identity of the bundles that some of them are in. */
  bundles: Record<string, string>;
  /** The identity that the referrer asked for. */
  asked: string;
}

/**
 * Checks the exports of a recipe.
 *
 * @param exports as the sandbox describes them: a function at any depth is `{ "$function": name }`
 * @returns the recipe, or all problems: INVALID_VALUE, MISSING_VALUE, UNKNOWN_FIELD, IDENTITY_MISMATCH
 */
export function parseRecipe(exports: JsonObject, { asked, files, ...module }: RecipeModule): Parsed<Recipe> {
  const at = new Cursor({ file: module.file });
  const required = { identity: askedIdentity(asked) };
  const shape = Object.hasOwn(exports, 'check')
    ? table({ required, optional: USER_MANAGED })
    : table({ required, optional: CACHE_MANAGED, refused: NO_ASSET });
  const fields = read(shape, exports, at);
  if (fields === undefined) return at.conclude<Recipe>(undefined);
  if (fields.check && fields.build?.form === 'declarative' && !fields.install) {
    at.enter('build').misplaced(
      'of a recipe with a "check" needs an "install": no asset is there for the tool to install into',
    );
  }
  const { description, homepage, license, ...rest } = fields;
  return at.conclude<Recipe>({
    ...module,
    files: [...files].sort(),
    ...BLANK_RECIPE,
    metadata: {
      ...(description !== undefined && { description }),
      ...(homepage !== undefined && { homepage }),
      ...(license !== undefined && { license }),
    },
    ...rest,
  });
}
