// What one run knows of galley.lock: what the file says at its start, what of it the run has used, and what the run would
// change. Writing the file belongs to the project, at the end and once.
import type { Download } from '../fetch/source.ts';
import type { BundleRequest } from '../model/dependency.ts';
import type { Sha256 } from '../model/digest.ts';
import { Failure } from '../model/failure.ts';
import {
  isLockedSource,
  type LockedChoice,
  type LockedFunction,
  type LockFile,
  type LockRecord,
  lockKey,
  pinOf,
  type SourceOwner,
  sourceKey,
  unite,
} from '../model/lock-file.ts';
import { type FoundSource, type Pin, recordOf } from '../model/pin.ts';
import { formatPlatform, type Platform } from '../model/platform.ts';
import { redactUrl } from '../model/redact.ts';
import { loadedOf, type Package } from './package.ts';
import type { Policy } from './world.ts';

export class Pins {
  readonly platform: string;
  readonly #policy: Policy;
  readonly #before: LockFile;
  readonly #now: Map<string, LockRecord>;
  readonly #used = new Set<string>();

  constructor(lock: LockFile, platform: Platform, policy: Policy) {
    this.platform = formatPlatform(platform);
    this.#policy = policy;
    this.#before = lock;
    this.#now = new Map(lock);
  }

  /** What is known of a source, for whoever fetches it. */
  find(owner: SourceOwner, source: string): Pin | undefined {
    const record = this.#use(sourceKey(owner, source, this.platform));
    return record && isLockedSource(record) ? pinOf(record, source) : undefined;
  }

  /** The same where the recipe pins it itself: a record of other bytes is none. */
  findSame(owner: SourceOwner, source: string, sha256: string | undefined): Pin | undefined {
    const pin = this.find(owner, source);
    return sha256 === undefined || pin?.sha256 === sha256 ? pin : undefined;
  }

  /** Remembers which bytes a source was. */
  add(owner: SourceOwner, found: FoundSource): void {
    this.#put({ ...owner, ...recordOf(found), platform: this.platform });
  }

  /** What a fetch function asks for on this platform, if its recipe has not changed since it was asked. */
  findFunction(pkg: Package): { source: string; pin: Pin }[] | undefined {
    const key = lockKey(this.#functionOf(pkg, []));
    const record = this.#now.get(key);
    if (record?.kind !== 'function' || record.recipe !== loadedOf(pkg).digest) return undefined;
    const found = record.sources.flatMap((source) => {
      const pin = this.find(filesOf(pkg), source);
      return pin ? [{ source, pin }] : [];
    });
    if (found.length < record.sources.length) return undefined;
    this.#use(key);
    return found;
  }

  /** Remembers all that a fetch function fetched. */
  addFunction(pkg: Package, downloads: readonly Download[]): void {
    for (const download of downloads) this.add(filesOf(pkg), download);
    this.#put(this.#functionOf(pkg, [...new Set(downloads.map(({ source }) => redactUrl(source)))].sort()));
  }

  /** What a weak dependency of a package was settled with. */
  findChoice(pkg: Package, query: string): string | undefined {
    const record = this.#use(lockKey(this.#choiceOf(pkg, query, '')));
    return record?.kind === 'weak' ? record.choice : undefined;
  }

  addChoice(pkg: Package, query: string, choice: string): void {
    this.#put(this.#choiceOf(pkg, query, choice));
  }

  /** What the file has to get. */
  get added(): LockRecord[] {
    return [...this.#now].flatMap(([key, record]) => (this.#before.get(key) === record ? [] : [record]));
  }

  /** What was there at the start, for this platform, and nothing has asked for. */
  get unused(): LockRecord[] {
    const own = [...this.#before].filter(([key, { platform }]) => platform === this.platform && !this.#used.has(key));
    return own.map(([, record]) => record);
  }

  /** Why a source that has no pin may not be fetched, if so. */
  refusal(pkg: Package, source: string): Failure | undefined {
    const what = `"${redactUrl(source)}" of ${pkg.label}`;
    if (this.#policy.strict) {
      return new Failure('UNPINNED_SOURCE', `Source ${what} has no sha256, and --strict forbids that`, {
        hint: 'Give it a sha256 in the recipe, or run galley sync once without --strict and commit galley.lock',
        package: pkg.label,
      });
    }
    if (this.#policy.frozen) {
      return new Failure(
        'FROZEN',
        `Source ${what} is not in galley.lock for ${this.platform}, and --frozen forbids adding it`,
        {
          hint: 'Run galley sync on a machine of this platform and commit galley.lock',
          package: pkg.label,
        },
      );
    }
    return undefined;
  }

  #use(key: string): LockRecord | undefined {
    this.#used.add(key);
    return this.#now.get(key);
  }

  #put(record: LockRecord): void {
    const key = lockKey(record);
    this.#used.add(key);
    const before = this.#now.get(key);
    const united = before && unite(before, record);
    // That a size is known now is no reason to fail.
    if (united === undefined || !this.#policy.frozen) this.#now.set(key, united ?? record);
  }

  #functionOf(pkg: Package, sources: string[]): LockedFunction {
    const recipe = loadedOf(pkg).digest as Sha256;
    return { package: filesOf(pkg).package, kind: 'function', platform: this.platform, recipe, sources };
  }

  #choiceOf(pkg: Package, query: string, choice: string): LockedChoice {
    return { package: pkg.label, kind: 'weak', query, platform: this.platform, choice };
  }
}

/** Whose sources the files are that a package fetches. */
export function filesOf({ label, lockedAs }: Package): SourceOwner {
  return lockedAs ?? { package: label, kind: 'file' };
}

/** Whose source the recipe of a package is. */
export function recipeOf({ label, lockedAs }: Package): SourceOwner {
  return lockedAs ?? { package: label, kind: 'recipe' };
}

export function bundleOf({ identity }: BundleRequest): SourceOwner {
  return { package: identity, kind: 'bundle' };
}
