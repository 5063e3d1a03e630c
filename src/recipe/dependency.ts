// The kinds of dependency, told apart by their fields. Whether anything matches a query is the engine's question.
import type {
  BundleRequest,
  CodeDependency,
  Dependency,
  PackageRequest,
  RecipeSource,
  Source,
} from '../model/dependency.ts';
import { parseIdentity, parseQuery } from '../model/identity.ts';
import type { JsonObject } from '../model/json.ts';
import { NEEDED_BY } from '../model/phase.ts';
import type { Cursor } from './cursor.ts';
import { BUNDLE_ALIAS, identityName, named, PAIR_NAME, PRODUCT_NAME, queryText } from './name.ts';
import { choose, dataTable, either, flag, list, oneOf, refine, type Shape, table, text } from './shape.ts';
import { readSource, SOURCE_FIELDS, sourceFields } from './source.ts';

/** What `setup` of a manifest entry or a dependency selects. */
export const setupNames: Shape<string[]> = list(text, 'a list of names of setup pairs');

const EXPECTED = 'a table { recipe }, { recipe, weak } or { product }';

/** `dependencies` of a source that is a function: packages. */
const packages: Shape<Dependency[]> = list(choose(EXPECTED, kindFor), 'a list of dependencies');

/** `dependencies` of a recipe, which may import code as well. */
export const dependencies: Shape<(Dependency | CodeDependency)[]> = list(
  choose<Dependency | CodeDependency>(`${EXPECTED.replace(' or', ',')} or { bundle }`, (fields) =>
    Object.hasOwn(fields, 'bundle') && !NAMES_PACKAGE.some((name) => Object.hasOwn(fields, name))
      ? code
      : kindFor(fields),
  ),
  'a list of dependencies',
);

const NAMES_PACKAGE = ['recipe', 'product', 'weak'];

/** Fields of every kind. */
const common = {
  needed_by: oneOf(NEEDED_BY),
  setup: setupNames,
  as: named(PAIR_NAME),
  runtime: flag,
};

/** A source may have dependencies, which may have a source, and so on. */
const source = sourceFields({
  expected: 'a list of dependencies',
  readers: { list: (items, at) => packages.readers.list?.(items, at) },
});

/** A bundle with all that is said of it. */
export const bundleRequest: Shape<BundleRequest> = refine(
  table({
    required: { identity: identityName, source: source.source },
    optional: source,
    expected: 'a table { identity, source }',
  }),
  ({ identity, ...fields }, at) => {
    const from = readSource(fields, at);
    return from && { identity, source: from };
  },
);

/** Fields of a package in full, beside `recipe`. */
export const requested = { options: dataTable, bundle: either(named(BUNDLE_ALIAS), bundleRequest), ...source };

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
    refused: refuseRequest('does not go with "weak": write it inside'),
  }),
  (fields, at) => ({ ...commonOf(fields, at), kind: 'weak', query: fields.recipe, fallback: fields.weak }),
);

const reference: Shape<Dependency> = refine(
  table({
    required: { recipe: queryText },
    optional: common,
    refused: refuseRequest('needs the whole identity "namespace.name@revision" in "recipe"'),
  }),
  (fields, at) => ({ ...commonOf(fields, at), kind: 'reference', query: fields.recipe }),
);

const product: Shape<Dependency> = refine(
  table({
    required: { product: named(PRODUCT_NAME) },
    optional: { recipe: queryText, weak: fallback, ...common },
    refused: refuseRequest('does not go with "product": write it inside "weak"'),
  }),
  ({ product, recipe, weak, ...fields }, at) => ({
    ...commonOf(fields, at),
    kind: 'product',
    product,
    ...(recipe !== undefined && { query: recipe }),
    ...(weak !== undefined && { fallback: weak }),
  }),
);

const onlyCode = 'does not go with a "bundle" alone, which is code to import';

const code: Shape<CodeDependency> = refine(
  table({
    // Imports are resolved before anybody can ask a recipe where its bundles come from.
    required: { bundle: { ...named(BUNDLE_ALIAS), expected: 'the alias of a bundle' } },
    refused: Object.fromEntries([...Object.keys(common), 'source', 'options'].map((name) => [name, onlyCode])),
  }),
  ({ bundle }, at) => ({ kind: 'code', bundle, index: at.path.at(-1) as number }),
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
export function requestOf({ recipe, options = {}, ...fields }: RequestFields, at: Cursor): PackageRequest {
  const source = originOf(fields, at);
  return { recipe, options, ...(source !== undefined && { source }) };
}

type SourceFields = Parameters<typeof readSource>[0];
type RequestFields = { recipe: string; options?: JsonObject; bundle?: string | BundleRequest } & SourceFields;

function originOf({ bundle, ...fields }: Omit<RequestFields, 'recipe'>, at: Cursor): RecipeSource | undefined {
  const source: Source | undefined = readSource(fields, at);
  if (bundle === undefined) return source;
  if (source !== undefined) at.enter('bundle').misplaced('does not go with "source": a recipe comes from one place');
  return { form: 'bundle', bundle };
}

function refuseRequest(reason: string): Record<string, string> {
  return Object.fromEntries([...SOURCE_FIELDS, 'options'].map((name) => [name, reason]));
}
