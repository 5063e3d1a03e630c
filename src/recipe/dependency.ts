// The kinds of dependency, told apart by their fields. Whether anything matches a query is the engine's question.
import type { Dependency, PackageRequest } from '../model/dependency.ts';
import { parseIdentity, parseQuery } from '../model/identity.ts';
import type { JsonObject } from '../model/json.ts';
import { NEEDED_BY } from '../model/phase.ts';
import type { Cursor } from './cursor.ts';
import { later } from './later.ts';
import { identityName, named, PAIR_NAME, PRODUCT_NAME, queryText } from './name.ts';
import { choose, dataTable, flag, list, oneOf, refine, type Shape, table, text } from './shape.ts';
import { readSource, SOURCE_FIELDS, sourceFields } from './source.ts';

/** What `setup` of a manifest entry or a dependency selects. */
export const setupNames: Shape<string[]> = list(text, 'a list of names of setup pairs');

const EXPECTED = 'a table { recipe }, { recipe, weak } or { product }';

/** `dependencies` of a recipe, of a source that is a function, and of a default shell. */
export const dependencies: Shape<Dependency[]> = list(choose(EXPECTED, kindFor), 'a list of dependencies');

/** Fields of every kind. */
const common = {
  needed_by: oneOf(NEEDED_BY),
  setup: setupNames,
  as: named(PAIR_NAME),
  runtime: flag,
};

/** Fields of a package in full, beside `recipe`. A source may have dependencies, which may have a source, and so on. */
export const requested = {
  options: dataTable,
  ...sourceFields({
    expected: 'a list of dependencies',
    readers: { list: (items, at) => dependencies.readers.list?.(items, at) },
  }),
};

const fallback: Shape<PackageRequest> = refine(
  table({ required: { recipe: identityName }, optional: requested, expected: 'a table { recipe, source, options }' }),
  requestOf,
);

const strong = strongNamedBy(queryText);

function strongNamedBy(recipe: Shape<string>): Shape<Dependency> {
  return refine(
    table({
      required: { recipe },
      optional: { ...requested, ...common },
      refused: later('dependency'),
      expected: 'a table { recipe }',
    }),
    (fields, at) => ({ ...commonOf(fields, at), kind: 'strong', request: requestOf(fields, at) }),
  );
}

/** `dependencies` of a default shell: what runs every script must not depend on what else happens to be in the graph. */
export const strongDependencies: Shape<Dependency[]> = list(strongNamedBy(identityName), 'a list of dependencies');

const weak: Shape<Dependency> = refine(
  table({
    required: { recipe: queryText, weak: fallback },
    optional: common,
    refused: { ...later('dependency'), ...refuseRequest('does not go with "weak": write it inside') },
  }),
  (fields, at) => ({ ...commonOf(fields, at), kind: 'weak', query: fields.recipe, fallback: fields.weak }),
);

const reference: Shape<Dependency> = refine(
  table({
    required: { recipe: queryText },
    optional: common,
    refused: {
      ...later('dependency'),
      ...refuseRequest('needs the whole identity "namespace.name@revision" in "recipe"'),
    },
  }),
  (fields, at) => ({ ...commonOf(fields, at), kind: 'reference', query: fields.recipe }),
);

const product: Shape<Dependency> = refine(
  table({
    required: { product: named(PRODUCT_NAME) },
    optional: { recipe: queryText, weak: fallback, ...common },
    refused: { ...later('dependency'), ...refuseRequest('does not go with "product": write it inside "weak"') },
  }),
  ({ product, recipe, weak, ...fields }, at) => ({
    ...commonOf(fields, at),
    kind: 'product',
    product,
    ...(recipe !== undefined && { query: recipe }),
    ...(weak !== undefined && { fallback: weak }),
  }),
);

/** The fields alone decide, before any of them is checked. */
function kindFor(fields: JsonObject): Shape<Dependency> {
  if (Object.hasOwn(fields, 'product')) return product;
  if (Object.hasOwn(fields, 'weak')) return weak;
  const { recipe } = fields;
  const isPartial =
    typeof recipe === 'string' && parseQuery(recipe) !== undefined && parseIdentity(recipe) === undefined;
  return isPartial ? reference : strong;
}

interface CommonFields {
  needed_by?: Dependency['neededBy'];
  setup?: string[];
  as?: string;
  runtime?: boolean;
}

function commonOf({ needed_by, setup, as, runtime }: CommonFields, at: Cursor) {
  return {
    neededBy: needed_by ?? ('build' as const),
    setup: setup ?? [],
    ...(as !== undefined && { as }),
    runtime: runtime ?? false,
    index: at.path.at(-1) as number,
  };
}

/** The package that an entry or dependency asks for. */
export function requestOf(
  { recipe, options = {}, ...fields }: { recipe: string; options?: JsonObject } & Parameters<typeof readSource>[0],
  at: Cursor,
): PackageRequest {
  const source = readSource(fields, at);
  return { recipe, options, ...(source !== undefined && { source }) };
}

function refuseRequest(reason: string): Record<string, string> {
  return Object.fromEntries([...SOURCE_FIELDS, 'options'].map((name) => [name, reason]));
}
