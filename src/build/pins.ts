// The pins of one run: what galley.lock says at its start, and what this run adds. Writing the file belongs to the
// session, at the end and once.
import type { Download } from '../fetch/source.ts';
import { Failure } from '../model/failure.ts';
import { findPin, type LockedPackage, type LockFile, type Pin, withPin } from '../model/pin.ts';
import { formatPlatform, type Platform } from '../model/platform.ts';
import { redactUrl } from '../model/redact.ts';
import { loadedOf, type Package } from './package.ts';
import type { Policy } from './world.ts';

interface Addition {
  package: string;
  source?: string;
  change(lock: LockFile): LockFile;
}

export class Pins {
  readonly #platform: string;
  readonly #policy: Policy;
  #added: Addition[] = [];
  #lock: LockFile;

  constructor(lock: LockFile, platform: Platform, policy: Policy) {
    this.#lock = lock;
    this.#platform = formatPlatform(platform);
    this.#policy = policy;
  }

  /** Added by this run, in order: applied again to whatever the file holds when it is written. */
  get added(): Addition['change'][] {
    return this.#added.map(({ change }) => change);
  }

  find(pkg: Package, source: string): Pin | undefined {
    return findPin(this.#lock, { package: nameOf(pkg), source, platform: this.#platform });
  }

  /** What a fetch function fetched on this platform when it last ran, if the recipe has not changed since. */
  findAll(pkg: Package): Record<string, Pin> | undefined {
    const locked = this.#lock.packages[nameOf(pkg)];
    if (!locked || locked.recipe !== loadedOf(pkg).digest) return undefined;
    const sources = Object.keys(locked.files ?? {}).filter((source) => source !== recipeAddress(pkg));
    const pins = Object.fromEntries(sources.map((source) => [source, this.find(pkg, source)]));
    const own = Object.entries(pins).filter((entry): entry is [string, Pin] => entry[1] !== undefined);
    return sources.length > 0 && own.length === 0 ? undefined : Object.fromEntries(own);
  }

  add(pkg: Package, source: string, pin: Pin): void {
    const name = nameOf(pkg);
    const change = (lock: LockFile) => withPin(lock, { package: name, source, platform: this.#platform }, pin);
    this.#apply({ package: name, source, change });
  }

  /** Leaves out what a fetch function fetched before it failed: the half must not be taken for all of it next time. */
  retract(pkg: Package): void {
    const name = nameOf(pkg);
    this.#added = this.#added.filter((added) => added.package !== name || added.source === recipeAddress(pkg));
  }

  /** Remembers all that a fetch function fetched, bound to the recipe that asked for it. */
  bind(pkg: Package, downloads: readonly Download[]): void {
    if (this.#policy.frozen) return;
    const { digest } = loadedOf(pkg);
    const name = nameOf(pkg);
    const change = (lock: LockFile): LockFile => {
      const before = lock.packages[name];
      // What another recipe asked for says nothing about this one, on any platform.
      const kept = before?.recipe === digest ? before : { recipe: digest, ...recipeFiles(before, pkg) };
      return { ...lock, packages: { ...lock.packages, [name]: kept } };
    };
    this.#apply({ package: name, change });
    for (const { source, url, sha256, sizeBytes } of downloads) this.add(pkg, source, { url, sha256, sizeBytes });
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
        `Source ${what} is not in galley.lock for ${this.#platform}, and --frozen forbids adding it`,
        {
          hint: 'Run galley sync on a machine of this platform and commit galley.lock',
          package: pkg.label,
        },
      );
    }
    return undefined;
  }

  #apply(addition: Addition): void {
    const after = addition.change(this.#lock);
    if (after === this.#lock) return;
    this.#lock = after;
    this.#added.push(addition);
  }
}

function nameOf({ label, lockedAs = label }: Package): string {
  return lockedAs;
}

/** Where the recipe itself was downloaded from, as the lock file has it: no business of its fetch function. */
function recipeAddress({ request: { source } }: Package): string | undefined {
  return source?.form === 'url' ? redactUrl(source.url) : undefined;
}

function recipeFiles(locked: LockedPackage | undefined, pkg: Package): Pick<LockedPackage, 'files'> {
  const own = Object.entries(locked?.files ?? {}).filter(([source]) => source === recipeAddress(pkg));
  return own.length === 0 ? {} : { files: Object.fromEntries(own) };
}
