// The bundles of a run: each is brought to this machine and read once, however many recipes come from it or import its
// code. Fetched like remote recipes, read in place when it is a directory of this machine.
import path from 'node:path';
import { type Bundle, isBundle } from '../model/manifest.ts';
import { demandValue, Problems } from '../model/problems.ts';
import { BUNDLE_NAME, parseBundle } from '../recipe/bundle.ts';
import { pointAt } from '../recipe/locate.ts';
import { isBelow } from '../system/source.ts';
import { findInTree, obtain } from './acquire.ts';
import { createPackage, type Package } from './package.ts';
import { bundleOf } from './pins.ts';
import type { Run } from './world.ts';
import type { NamedBundle } from './written.ts';

export class Bundles {
  readonly #opened = new Map<string, Promise<Bundle>>();
  readonly #byDir = new Map<string, Bundle>();
  readonly #files = new Set<string>();

  /** Every file that says what a bundle is, absolute, also as it is written. */
  get files(): string[] {
    return [...this.#files, ...[...this.#byDir.values()].flatMap(({ files }) => files)];
  }

  /** The bundle of a directory that has been read. */
  at(rootDir: string): Bundle | undefined {
    return this.#byDir.get(rootDir);
  }

  /**
   * A bundle, once it is on this machine.
   *
   * @param pkg who needs it first: what it has as prerequisites is there for a function that makes the bundle
   * @throws Problems with BUNDLE_NOT_FOUND, IDENTITY_MISMATCH, all that is wrong in it, and whatever fetching it throws
   */
  open(named: NamedBundle, pkg: Package, run: Run): Promise<Bundle> {
    const { wanted, origin } = named;
    const maker = wanted.source.form === 'function' ? `${origin.file} ${pkg.servesShell}` : '';
    const id = `${JSON.stringify(wanted)}${maker}`;
    const opened = this.#opened.get(id) ?? this.#open(named, pkg, run);
    this.#opened.set(id, opened);
    return opened;
  }

  async #open(named: NamedBundle, pkg: Package, run: Run): Promise<Bundle> {
    const { wanted, origin } = named;
    const { files, sandbox } = run.world;
    const asked = { file: origin.file, path: [...origin.path, 'source'] };
    const place = await pointAt(asked, files, () => obtain(wanted.source, standInFor(named, pkg), run));
    const isLocal = wanted.source.form === 'path';
    const found = isLocal ? path.join(place, BUNDLE_NAME) : await findInTree(place, [BUNDLE_NAME], run);
    if (found === undefined || !(await files.exists(found))) throw noBundle(named, place);
    if (isLocal) this.#files.add(found);
    const rootDir = await files.realPath(path.dirname(found));
    if (isLocal) confine(rootDir, named);
    const file = path.join(rootDir, BUNDLE_NAME);
    const described = await sandbox.describe({ entryFile: file, rootDir });
    const read = demandValue(parseBundle(described.exports, { file, files: described.files, asked: wanted.identity }));
    // Whoever asks for one directory in two ways gets one scope.
    const bundle = this.#byDir.get(rootDir) ?? read;
    this.#byDir.set(rootDir, bundle);
    return bundle;
  }
}

/** The bundle as something to fetch, with pins and messages of its own. */
function standInFor({ wanted, origin }: NamedBundle, { servesShell, prerequisites }: Package): Package {
  const request = { recipe: wanted.identity, source: wanted.source, options: {} };
  const lockedAs = bundleOf(wanted);
  return {
    ...createPackage(request, origin, servesShell),
    label: `bundle:${wanted.identity}`,
    lockedAs,
    prerequisites,
  };
}

/** Bundles of a bundle are in it, or fetched: what works on the machine of its author works everywhere. */
function confine(rootDir: string, { wanted, origin }: NamedBundle): void {
  const { scope } = origin;
  if (!isBundle(scope) || isBelow(scope.rootDir, rootDir)) return;
  const message = `Bundle ${wanted.identity} of bundle ${scope.identity} leads outside of that, to "${rootDir}"`;
  const hint = 'Move it into the bundle, or give it a URL as its source';
  throw new Problems([{ code: 'INVALID_VALUE', message, hint, file: origin.file, path: [...origin.path, 'source'] }]);
}

function noBundle({ wanted, origin }: NamedBundle, place: string): Problems {
  const message = `Cannot find ${BUNDLE_NAME} of bundle ${wanted.identity} in ${place}`;
  const hint = `The source has to be a directory, archive or repository with ${BUNDLE_NAME} at its top`;
  return new Problems([
    { code: 'BUNDLE_NOT_FOUND', message, hint, file: origin.file, path: [...origin.path, 'source'] },
  ]);
}
