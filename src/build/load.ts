// From a request to a loaded package: the module is found, evaluated once per file, read strictly, and its parts that
// depend on options are asked for with the canonical options.
import path from 'node:path';
import type { Diagnostic } from '../model/diagnostic.ts';
import { canonicalJson, type Json, type JsonObject } from '../model/json.ts';
import { type Bundle, isBundle } from '../model/manifest.ts';
import { fillOptions, type OptionSchema } from '../model/options.ts';
import { demandValue, Problems } from '../model/problems.ts';
import { isUserManaged, type Recipe } from '../model/recipe.ts';
import type { FunctionRef } from '../model/verb.ts';
import { parseDependencies, parseOptionSchema, parseProducts } from '../recipe/answer.ts';
import { recipeDigests } from '../recipe/digests.ts';
import { parseRecipe } from '../recipe/recipe.ts';
import { sha256OfBytes, sha256OfFile } from '../system/digest.ts';
import { type AcquiredRecipe, acquireRecipe } from './acquire.ts';
import { type Described, demandDeclared, describeAlone, describeWithBundles } from './imports.ts';
import type { Loaded, Package } from './package.ts';
import type { Run } from './world.ts';

export class Loader {
  /** By module file: many packages may be made from one recipe. Undefined where it depends on who asks. */
  readonly #alone = new Map<string, Promise<Described | undefined>>();
  /** By module file and scope. */
  readonly #withBundles = new Map<string, Promise<Described>>();
  readonly #digests = new Map<Described, Promise<Record<string, string>>>();

  /** @throws Problems with all that is wrong with the recipe or the options, Failure when it cannot be had */
  async load(pkg: Package, run: Run): Promise<Loaded> {
    const found = await acquireRecipe(pkg, run);
    const described = await this.#describe(found, pkg, run);
    const recipe = readRecipe(described, found, pkg, run);
    const { schema, options } = await chooseOptions(recipe, pkg, run);
    const declared = isFunction(recipe.dependencies)
      ? demandValue(parseDependencies((await ask(recipe, recipe.dependencies, options, run)) ?? [], recipe.file))
      : recipe.dependencies;
    const products = isFunction(recipe.products)
      ? demandValue(
          parseProducts((await ask(recipe, recipe.products, options, run)) ?? {}, recipe.file, isUserManaged(recipe)),
        )
      : recipe.products;
    const dependencies = demandDeclared(declared, described, found.scope);
    const digestFile = (file: string) => sha256OfFile(file, run.world.signal);
    const files = await remember(this.#digests, described, () => recipeDigests(recipe, digestFile, run.world.files));
    return {
      recipe,
      schema,
      options,
      dependencies,
      products,
      files,
      digest: sha256OfBytes(canonicalJson(files)),
      baseDir: found.baseDir,
      scope: found.scope,
    };
  }

  async #describe({ file, importDir, scope }: AcquiredRecipe, pkg: Package, run: Run): Promise<Described> {
    const module = { entryFile: file, rootDir: importDir };
    const alone = await remember(this.#alone, `${file} below ${importDir}`, () => describeAlone(module, run));
    const describe = () => describeWithBundles(module, scope, pkg, run);
    return alone ?? remember(this.#withBundles, `${file} below ${importDir} in ${scope.file}`, describe);
  }
}

function remember<K, V>(memo: Map<K, Promise<V>>, key: K, make: () => Promise<V>): Promise<V> {
  const value = memo.get(key) ?? make();
  memo.set(key, value);
  return value;
}

function readRecipe(
  { exports, module, files }: Described,
  { file, rootDir, isDirectory, scope, importDir }: AcquiredRecipe,
  pkg: Package,
  run: Run,
): Recipe {
  const imported = Object.values(module.bundles ?? {}).flatMap((aliases) => Object.values(aliases));
  const identities = imported.map((dir) => [dir, (run.bundles.at(dir) as Bundle).identity]);
  const bundles = {
    ...Object.fromEntries(identities),
    ...(isBundle(scope) && importDir === scope.rootDir && { [importDir]: scope.identity }),
  };
  const asked = pkg.request.recipe;
  return demandValue(parseRecipe(exports, { file, rootDir, isDirectory, module, files, bundles, asked }));
}

/** The schema, and the given options with defaults filled in; problems point at who asked. */
async function chooseOptions(
  recipe: Recipe,
  pkg: Package,
  run: Run,
): Promise<{ schema: OptionSchema; options: JsonObject }> {
  const given = pkg.request.options;
  const schema = isFunction(recipe.options)
    ? demandValue(parseOptionSchema((await ask(recipe, recipe.options, given, run)) ?? {}, recipe.file))
    : recipe.options;
  const { options, problems } = fillOptions(schema, given);
  const diagnostics = problems.map(({ option, code, message }): Diagnostic => {
    const isGiven = Object.hasOwn(given, option);
    return {
      code,
      message,
      file: pkg.origin.file,
      path: isGiven ? [...pkg.origin.path, 'options', option] : pkg.origin.path,
      atKey: code === 'UNKNOWN_OPTION',
      notes: [`the options of ${pkg.request.recipe} are declared in ${path.basename(recipe.file)}`],
    };
  });
  const [first, ...rest] = diagnostics;
  if (first) throw new Problems([first, ...rest]);
  return { schema, options };
}

function ask(recipe: Recipe, ref: FunctionRef, options: JsonObject, run: Run): Promise<Json | undefined> {
  return run.world.sandbox.evaluate(recipe.module, ref.path, [options]);
}

function isFunction(value: unknown): value is FunctionRef {
  return (
    typeof value === 'object' && value !== null && (value as { form?: unknown }).form === 'function' && 'path' in value
  );
}
