// Evaluates a recipe module for the first time. Its static imports are resolved before it can say what it depends on, so
// a bundle that it imports from is found when the import is met, and then the module is evaluated again.
import type { CodeDependency, Dependency } from '../model/dependency.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { Failure, isFailure } from '../model/failure.ts';
import type { Location } from '../model/location.ts';
import type { Scope } from '../model/manifest.ts';
import type { ModuleSource } from '../model/module.ts';
import { Problems } from '../model/problems.ts';
import type { Exports } from '../sandbox/sandbox.ts';
import type { Package } from './package.ts';
import type { Run } from './world.ts';
import { demandBundle, findBundle, type NamedBundle, unknownBundle } from './written.ts';

export interface Described extends Exports {
  /** With all that it imports. */
  module: ModuleSource;
}

/** Undefined: it imports from bundles, so what it is depends on who asks. */
export async function describeAlone(module: ModuleSource, { world }: Run): Promise<Described | undefined> {
  try {
    return { module, ...(await world.sandbox.describe(module)) };
  } catch (error) {
    if (missingIn(error)) return undefined;
    throw error;
  }
}

/** @throws Failure BUNDLE_NOT_FOUND, IMPORT_REFUSED, and whatever the module, or fetching a bundle, throws */
export async function describeWithBundles(own: ModuleSource, scope: Scope, pkg: Package, run: Run): Promise<Described> {
  const module = { ...own, bundles: {} as Record<string, Record<string, string>> };
  for (;;) {
    try {
      return { module, ...(await run.world.sandbox.describe(module)) };
    } catch (error) {
      const missing = missingIn(error);
      if (!missing) throw error;
      const { alias, importerRoot, location } = missing;
      const asker = importerRoot === own.rootDir ? scope : (run.bundles.at(importerRoot) as Scope);
      const { rootDir } = await run.bundles.open(importable(alias, asker, location), pkg, run);
      module.bundles[importerRoot] = { ...module.bundles[importerRoot], [alias]: rootDir };
    }
  }
}

/** The packages among what a recipe depends on, when it declares every bundle whose code it imports. */
export function demandDeclared(
  declared: readonly (Dependency | CodeDependency)[],
  { bundles, module }: Described,
  scope: Scope,
): Dependency[] {
  const file = module.entryFile;
  const code = declared.filter((dependency) => dependency.kind === 'code');
  for (const { bundle, index } of code) demandBundle(bundle, { file, path: ['dependencies', index], scope });
  const undeclared = Object.entries(bundles).filter(([alias]) => !code.some(({ bundle }) => bundle === alias));
  const problems = undeclared.map(
    ([alias, location]): Diagnostic => ({
      code: 'IMPORT_REFUSED',
      message: `Cannot import from bundle "${alias}": the recipe does not depend on it`,
      hint: `Add { bundle: "${alias}" } to the "dependencies" of the recipe`,
      ...{ file, path: ['dependencies'], location },
    }),
  );
  const [first, ...rest] = problems;
  if (first) throw new Problems([first, ...rest]);
  return declared.filter((dependency) => dependency.kind !== 'code');
}

/** An import of a bundle of which the sandbox was not told where it is. */
function missingIn(error: unknown): { alias: string; importerRoot: string; location?: Location } | undefined {
  if (!isFailure(error, 'IMPORT_REFUSED') || error.facts.bundle === undefined) return undefined;
  const { bundle, importer_root } = error.facts;
  const place = error.location ? { location: error.location } : {};
  return { alias: String(bundle), importerRoot: String(importer_root), ...place };
}

function importable(alias: string, scope: Scope, location: Location | undefined): NamedBundle {
  const named = findBundle(alias, scope);
  const place = location && { location };
  if (!named) {
    const { code, message, hint } = unknownBundle(alias, scope);
    throw new Failure(code, message, { hint, ...place });
  }
  if (named.wanted.source.form !== 'function') return named;
  const message = `Cannot import from bundle "${alias}": a function makes it, and imports are resolved before that can run`;
  throw new Failure('IMPORT_REFUSED', message, { hint: 'Give the bundle a path or a URL as its source', ...place });
}
