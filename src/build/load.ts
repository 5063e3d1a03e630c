// From a request to a loaded package: the module is found, evaluated once per file, read strictly, and its parts that
// depend on options are asked for with the canonical options.
import path from 'node:path';
import type { Diagnostic } from '../model/diagnostic.ts';
import { canonicalJson, type Json, type JsonObject } from '../model/json.ts';
import { fillOptions, type OptionSchema } from '../model/options.ts';
import { demandValue, Problems } from '../model/problems.ts';
import { isUserManaged, type Recipe } from '../model/recipe.ts';
import type { FunctionRef } from '../model/verb.ts';
import { parseDependencies, parseOptionSchema, parseProducts } from '../recipe/answer.ts';
import { recipeDigests } from '../recipe/digests.ts';
import { parseRecipe } from '../recipe/recipe.ts';
import type { Exports } from '../sandbox/sandbox.ts';
import { sha256OfBytes, sha256OfFile } from '../system/digest.ts';
import { type AcquiredRecipe, acquireRecipe } from './acquire.ts';
import type { Loaded, Package } from './package.ts';
import type { Run } from './world.ts';

export class Loader {
  /** By module file: many packages may be made from one recipe. */
  readonly #described = new Map<string, Promise<Exports>>();
  readonly #digests = new Map<string, Promise<Record<string, string>>>();

  /** @throws Problems with all that is wrong with the recipe or the options, Failure when it cannot be had */
  async load(pkg: Package, run: Run): Promise<Loaded> {
    const found = await acquireRecipe(pkg, run);
    const recipe = await this.#read(pkg, found, run);
    const { schema, options } = await chooseOptions(recipe, pkg, run);
    const dependencies = isFunction(recipe.dependencies)
      ? demandValue(parseDependencies((await ask(recipe, recipe.dependencies, options, run)) ?? [], recipe.file))
      : recipe.dependencies;
    const products = isFunction(recipe.products)
      ? demandValue(
          parseProducts((await ask(recipe, recipe.products, options, run)) ?? {}, recipe.file, isUserManaged(recipe)),
        )
      : recipe.products;
    const files = await this.#digest(recipe, run);
    return {
      recipe,
      schema,
      options,
      dependencies,
      products,
      files,
      digest: sha256OfBytes(canonicalJson(files)),
      baseDir: found.baseDir,
      scope: pkg.origin.scope,
    };
  }

  async #read(pkg: Package, { file, rootDir, isDirectory }: AcquiredRecipe, run: Run): Promise<Recipe> {
    let described = this.#described.get(file);
    if (!described) {
      described = run.world.sandbox.describe({ entryFile: file, rootDir });
      this.#described.set(file, described);
    }
    const { exports, files } = await described;
    return demandValue(parseRecipe(exports, { file, rootDir, isDirectory, files, asked: pkg.request.recipe }));
  }

  #digest(recipe: Recipe, { world }: Run): Promise<Record<string, string>> {
    const digests = this.#digests.get(recipe.file) ?? recipeDigests(recipe, sha256OfFile, world.files);
    this.#digests.set(recipe.file, digests);
    return digests;
  }
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
  return run.world.sandbox.evaluate({ entryFile: recipe.file, rootDir: recipe.rootDir }, ref.path, [options]);
}

function isFunction(value: unknown): value is FunctionRef {
  return (
    typeof value === 'object' && value !== null && (value as { form?: unknown }).form === 'function' && 'path' in value
  );
}
