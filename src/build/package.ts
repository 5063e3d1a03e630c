// One package of a run: what was asked for, and what is known of it so far. Steps fill it in, rung by rung; it refuses
// to know how.
import type { Entry } from '../cache/entry.ts';
import type { Asset } from '../cache/record.ts';
import type { Dependency, PackageRequest } from '../model/dependency.ts';
import type { Diagnostic, ValuePath } from '../model/diagnostic.ts';
import type { Outcome } from '../model/event.ts';
import { Failure } from '../model/failure.ts';
import { canonicalJson, type JsonObject } from '../model/json.ts';
import type { KeyParts } from '../model/key.ts';
import type { SourceOwner } from '../model/lock-file.ts';
import type { Scope } from '../model/manifest.ts';
import type { OptionSchema } from '../model/options.ts';
import type { SourceRecord } from '../model/pin.ts';
import type { Recipe } from '../model/recipe.ts';
import { shorten } from '../model/shorten.ts';
import { sha256OfBytes } from '../system/digest.ts';
import type { Plan } from './declarative/plan.ts';

/** Who asked for a package: a place in a file, and the package whose recipe that is. */
export interface Origin {
  file: string;
  path: ValuePath;
  parent?: Package;
  /** Where the recipe is looked up. */
  scope: Scope;
}

/** A dependency with the package that was chosen for it. */
export interface Wire {
  dependency: Dependency;
  target: Package;
}

/** What the recipe says once the options are known. */
export interface Loaded {
  recipe: Recipe;
  schema: OptionSchema;
  /** Canonical: defaults filled in, names sorted. */
  options: JsonObject;
  dependencies: Dependency[];
  products: Record<string, string>;
  /** Relative path → sha256 of every file of the recipe. */
  files: Record<string, string>;
  /** One sha256 of all of them. */
  digest: string;
  /** What relative paths of `fetch` start at. */
  baseDir: string;
  /** Where its dependencies are looked up. */
  scope: Scope;
}

export interface Package {
  /** Node of the ladder: identity, given options, source, scope. */
  readonly id: string;
  /** The identity, with the given options when there are any: the name people and events use. */
  readonly label: string;
  /** Whose sources galley.lock says its files are, where it is not a package itself: a bundle, a recipe in the making. */
  readonly lockedAs?: SourceOwner;
  readonly request: PackageRequest;
  readonly origin: Origin;
  /** Part of the default shell's own closure: built with the platform's shell, offers nothing to others. */
  readonly servesShell: boolean;
  /** Named by the manifest: it is deployed, and its failure is the project's. */
  inManifest: boolean;
  readonly selectedSetup: Set<string>;
  /** It is too late to select another pair. */
  setupBegun?: boolean;

  loaded?: Loaded;
  /** The package that was there first with the same recipe and the same filled-in options. */
  aliasOf?: Package;
  /** The manifest excludes this platform. */
  skipped?: boolean;
  wires: Wire[];
  /** What a function needs that fetches the recipe itself. */
  prerequisites: Wire[];
  /** Dependencies that matched nothing, or too much. */
  unwired: Diagnostic[];
  sources: SourceRecord[];
  parts?: KeyParts;
  key?: string;
  /** Held from a miss until the package has finished. */
  entry?: Entry;
  /** Epoch milliseconds: when the entry was last locked. */
  lockedAt?: number;
  asset?: Asset;
  /** The archive that was unpacked into the stage while it was downloaded. */
  stagedEarly?: string;
  /** It has worked on a core. */
  hasBegun?: boolean;
  /** The directories of the entry are there. */
  prepared?: boolean;
  /** Of a declarative build that is done: how it is installed. */
  plan?: Plan;
  /** `ctx.mark_install_complete()` was called in this install. */
  marked?: boolean;
  /** The one run of its deploy verb. */
  deployed?: Promise<unknown>;
  /** Over when the package has left its entry and told how it ended. */
  finishing?: Promise<void>;
  outcome?: Outcome;
  /** Why it failed. */
  error?: unknown;
  logFile?: string;
  startedMs?: number;
}

export function createPackage(request: PackageRequest, origin: Origin, servesShell: boolean): Package {
  return {
    id: `${wholeLabelOf(request)}${sourceOf(request, origin)}${scopeOf(origin)}${servesShell ? ' for the shell' : ''}`,
    label: labelOf(request),
    request,
    origin,
    servesShell,
    inManifest: false,
    selectedSetup: new Set(),
    wires: [],
    prerequisites: [],
    unwired: [],
    sources: [],
  };
}

/** A label stands in every message and event of its package; the value of an option may have megabytes. */
const LONGEST_LABEL = 500;

/** `acme.zlib@r2`, or `acme.zlib@r2{"version":"1.3"}`; of a very long one the beginning, with a digest of all of it. */
export function labelOf(request: PackageRequest): string {
  const whole = wholeLabelOf(request);
  if (whole.length <= LONGEST_LABEL) return whole;
  return `${shorten(whole, LONGEST_LABEL)} (sha256 ${sha256OfBytes(whole).slice(0, 16)})`;
}

function wholeLabelOf({ recipe, options }: PackageRequest): string {
  return Object.keys(options).length === 0 ? recipe : `${recipe}${visible(canonicalJson(options))}`;
}

/** JSON escapes the older control characters; the others, and those that turn the direction of text, say as much so. */
function visible(json: string): string {
  const written = (letter: string) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return json.replace(/[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, written);
}

function sourceOf({ source }: PackageRequest, { file }: Origin): string {
  if (source === undefined) return '';
  if (source.form === 'path') return ` from ${source.path}`;
  if (source.form === 'bundle') {
    const { bundle } = source;
    return ` from bundle ${typeof bundle === 'string' ? bundle : `${JSON.stringify(bundle)} of ${file}`}`;
  }
  if (source.form === 'function') return ` from ${source.fetch.path.join('.')} of ${file}`;
  const { url, sha256, subdir } = source;
  return ` from ${[url, sha256, subdir].filter((part) => part !== undefined).join(' ')}`;
}

function scopeOf({ scope }: Origin): string {
  return scope.name === undefined ? '' : ` in ${scope.name}`;
}

/** The package that does the work for this one. */
export function follow(pkg: Package): Package {
  return pkg.aliasOf ?? pkg;
}

/** Asked for in the same words as the package it became: by another manifest of the project. */
export function isRepeated({ aliasOf, label }: Package): boolean {
  return aliasOf?.label === label;
}

/** Facts that exist once the `recipe` phase is done; asking earlier is a bug. */
export function loadedOf(pkg: Package): Loaded {
  const { loaded } = follow(pkg);
  if (!loaded) throw new Error(`${pkg.label} is not loaded`);
  return loaded;
}

/** Selects setup pairs of a package, unless its setup is past. */
export function selectSetup(target: Package, pairs: readonly string[], pkg: Package): void {
  const isNew = pairs.some((pair) => !target.selectedSetup.has(pair));
  if (isNew && target.setupBegun) {
    throw new Failure(
      'LATE_DEPENDENCY',
      `${pkg.label} selects setup "${pairs.join('", "')}" of ${target.label}, whose setup has begun`,
      {
        hint: 'Select it in the manifest too, so that it is known from the start',
      },
    );
  }
  for (const pair of pairs) target.selectedSetup.add(pair);
}
