// What one run knows of galley.lock: what the file says at its start, what of it the run has used, and what the run would
// change. Writing the file belongs to the project, at the end and once.
import type { BundleRequest } from '../model/dependency.ts';
import type { Sha256 } from '../model/digest.ts';
import type { Failure } from '../model/failure.ts';
import {
  isLockedSource,
  type LockChange,
  type LockedChoice,
  type LockedFunction,
  type LockedSource,
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
import { unlocked, unpinned } from './refused-sources.ts';
import type { Policy } from './world.ts';

/** How a run treats the lock file. */
export interface PinPolicy extends Pick<Policy, 'frozen' | 'strict'> {
  file: string;
  /** The file has to say all that the run finds out, what recipes pin themselves too. */
  mustBeComplete?: boolean;
  /** Records that do not count: what they say is found out anew. */
  moves?: (record: LockRecord) => boolean;
}

export class Pins {
  /** Absolute path of galley.lock. */
  readonly file: string;
  readonly platform: string;
  readonly #policy: PinPolicy;
  readonly #before: LockFile;
  readonly #now: Map<string, LockRecord>;
  readonly #used = new Set<string>();

  constructor(lock: LockFile, platform: Platform, policy: PinPolicy) {
    this.file = policy.file;
    this.platform = formatPlatform(platform);
    this.#policy = policy;
    this.#before = lock;
    const { moves = () => false } = policy;
    this.#now = new Map([...lock].filter(([, record]) => !moves(record)));
  }

  /** Whether galley.lock has to say all that the run finds out. */
  get mustBeComplete(): boolean {
    return this.#policy.mustBeComplete ?? false;
  }

  /** What is known of a source, for whoever fetches it. */
  find(owner: SourceOwner, source: string): Pin | undefined {
    const record = this.record(owner, source);
    return record && pinOf(record, source);
  }

  record(owner: SourceOwner, source: string): LockedSource | undefined {
    const record = this.#use(sourceKey(owner, source, this.platform));
    return record && isLockedSource(record) ? record : undefined;
  }

  /** Whether the file had a record of a source before this run, of whatever bytes. */
  knew(owner: SourceOwner, source: string): boolean {
    return this.#before.has(sourceKey(owner, source, this.platform));
  }

  /** The same where the recipe pins it itself: a record of other bytes is none. */
  findSame(owner: SourceOwner, source: string, sha256: string | undefined): Pin | undefined {
    const pin = this.find(owner, source);
    return sha256 === undefined || pin?.sha256 === sha256 ? pin : undefined;
  }

  /** What another platform knows of the same bytes: those at this very address. */
  findElsewhere(owner: SourceOwner, source: string, url: string): Pin | undefined {
    const name = redactUrl(source);
    for (const record of this.#now.values()) {
      const isSource = isLockedSource(record) && record.source === name;
      if (!isSource || record.package !== owner.package || record.kind !== owner.kind) continue;
      const pin = pinOf(record, source);
      if (pin.url === url) return pin;
    }
    return undefined;
  }

  /** What was asked for, as far as it is recorded. */
  sources(): LockedSource[] {
    return [...this.#used].flatMap((key) => {
      const record = this.#before.get(key);
      return record && isLockedSource(record) ? [record] : [];
    });
  }

  /** Keeps what is recorded where nobody can tell whether it still counts; false where there is nothing. */
  keep(owner: SourceOwner): boolean {
    const own = [...this.#now].filter(
      ([, { package: name, kind, platform }]) =>
        name === owner.package && kind === owner.kind && platform === this.platform,
    );
    for (const [key] of own) this.#used.add(key);
    return own.length > 0;
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

  /** Remembers all that a fetch function asks for; each source has its own record. */
  addFunction(pkg: Package, sources: readonly string[]): void {
    this.#put(this.#functionOf(pkg, [...new Set(sources.map(redactUrl))].sort()));
  }

  /** What a weak dependency of a package was settled with. */
  findChoice(pkg: Package, query: string): string | undefined {
    const record = this.#use(lockKey(this.#choiceOf(pkg, query, '')));
    return record?.kind === 'weak' ? record.choice : undefined;
  }

  addChoice(pkg: Package, query: string, choice: string): void {
    this.#put(this.#choiceOf(pkg, query, choice));
  }

  /**
   * What the file has to become.
   *
   * @param isWhole whether the run has looked at all that the project wants: what it did not use, nothing wants any more
   */
  changes(isWhole: boolean): LockChange[] {
    const changed = [...this.#now].flatMap(([key, after]): LockChange[] => {
      const before = this.#before.get(key);
      return before === after ? [] : [{ ...(before && { before }), after }];
    });
    const own = [...this.#before].filter(([key, { platform }]) => platform === this.platform && !this.#used.has(key));
    return isWhole ? [...changed, ...own.map(([, before]) => ({ before }))] : changed;
  }

  /**
   * Why a source that has no record may not be fetched, if so.
   *
   * @param isPinned the recipe itself says which bytes they are
   */
  refusal(pkg: Package, source: string, isPinned = false): Failure | undefined {
    if (this.#policy.strict && !isPinned) return unpinned(pkg.label, source);
    const isMissing = this.#policy.frozen && (!isPinned || this.mustBeComplete);
    return isMissing ? unlocked(pkg.label, this.platform, source) : undefined;
  }

  #use(key: string): LockRecord | undefined {
    this.#used.add(key);
    return this.#now.get(key);
  }

  #put(record: LockRecord): void {
    const key = lockKey(record);
    this.#used.add(key);
    // What moves may come out as it was.
    const before = this.#now.get(key) ?? this.#before.get(key);
    const united = before && unite(before, record);
    // That a size is known now is no reason to fail.
    this.#now.set(key, united === undefined || !this.#policy.frozen ? (united ?? record) : (before as LockRecord));
  }

  #functionOf(pkg: Package, sources: string[]): LockedFunction {
    const recipe = loadedOf(pkg).digest as Sha256;
    return { package: filesOf(pkg).package, kind: 'function', platform: this.platform, recipe, sources };
  }

  #choiceOf(pkg: Package, query: string, choice: string): LockedChoice {
    // The default shell's closure chooses among its own.
    const name = pkg.servesShell ? `${pkg.label} for the shell` : pkg.label;
    return { package: name, kind: 'weak', query, platform: this.platform, choice };
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
