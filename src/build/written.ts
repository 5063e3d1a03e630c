// Where it is written what a package, or the bundle that its recipe is in, is made from. Fetches nothing.
import type { BundleRequest, Source } from '../model/dependency.ts';
import type { SourceOwner } from '../model/lock-file.ts';
import type { Scope } from '../model/manifest.ts';
import { Problems } from '../model/problems.ts';
import { formatSuggestion } from '../model/suggest.ts';
import type { Origin, Package } from './package.ts';
import { bundleOf, recipeOf } from './pins.ts';

/** A bundle, and the place that says what it is. */
export interface NamedBundle {
  wanted: BundleRequest;
  origin: Origin;
}

/** What an alias means in a scope. */
export function findBundle(alias: string, scope: Scope): NamedBundle | undefined {
  const wanted = Object.hasOwn(scope.bundles, alias) ? scope.bundles[alias] : undefined;
  return wanted && { wanted, origin: { file: scope.file, path: ['bundles', alias], scope } };
}

/** The bundle that somebody asks for by its alias, or with all that is said of it. */
function namedBy(bundle: string | BundleRequest, origin: Origin): NamedBundle | undefined {
  if (typeof bundle === 'string') return findBundle(bundle, origin.scope);
  return { wanted: bundle, origin: { ...origin, path: [...origin.path, 'bundle'] } };
}

/** @throws Problems with BUNDLE_NOT_FOUND */
export function demandBundle(bundle: string | BundleRequest, origin: Origin): NamedBundle {
  const named = namedBy(bundle, origin);
  if (named) return named;
  const { file, path, scope } = origin;
  throw new Problems([{ ...unknownBundle(bundle as string, scope), file, path: [...path, 'bundle'] }]);
}

export function unknownBundle(alias: string, { file, bundles }: Scope) {
  const message = `Unknown bundle "${alias}"; ${formatSuggestion(alias, Object.keys(bundles))}`;
  return { code: 'BUNDLE_NOT_FOUND', message, hint: `Aliases are looked up in "bundles" of ${file}` } as const;
}

/** Where a package's recipe is written to come from, or the bundle that the recipe is in; undefined when nothing is. */
export function writtenSource(pkg: Package): Written | undefined {
  const { request, origin } = pkg;
  const { source } = request;
  if (source?.form !== 'bundle') return source && { source, origin, owner: recipeOf(pkg) };
  const named = namedBy(source.bundle, origin);
  return named && { source: named.wanted.source, origin: named.origin, owner: bundleOf(named.wanted) };
}

interface Written {
  source: Source;
  origin: Origin;
  /** Whom galley.lock has it for. */
  owner: SourceOwner;
}
