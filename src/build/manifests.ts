// The manifest that a command was run on, with all that it includes: each keeps its own paths, and together they are one
// project. Refuses what would make a package another one than its own manifest alone would.
import path from 'node:path';
import type { Diagnostic } from '../model/diagnostic.ts';
import { canonicalJson, type Json } from '../model/json.ts';
import type { Manifest } from '../model/manifest.ts';
import { demandValue, Problems } from '../model/problems.ts';
import { findNearest } from '../model/suggest.ts';
import { MANIFEST_NAME } from '../recipe/discover.ts';
import { parseManifest } from '../recipe/manifest.ts';
import { unlessMissing } from '../system/errno.ts';
import { isBelow } from '../system/source.ts';
import { demandVersion } from './tool-version.ts';
import type { World } from './world.ts';

/** @throws Problems with all that is wrong in all of them, Failure TOOL_VERSION */
export async function readManifests(file: string, world: World): Promise<Manifest> {
  const manifest = await readManifest(file, world);
  if (manifest.include.length === 0) return manifest;
  const including = new Including(manifest, world);
  await including.follow(manifest, [manifest]);
  const [first, ...rest] = including.problems;
  if (first) throw new Problems([first, ...rest]);
  const { included } = including;
  return { ...manifest, included, env: [...new Set([manifest, ...included].flatMap(({ env }) => env))] };
}

async function readManifest(file: string, world: World): Promise<Manifest> {
  const { exports, files } = await world.sandbox.describe({ entryFile: file, rootDir: path.dirname(file) });
  // First of all: what this version does not know may be what the other is pinned for.
  await demandVersion(exports.galley, file, world);
  const manifest = demandValue(parseManifest(exports, { file, files }));
  world.emit({ type: 'manifest.loaded', file, packages: manifest.packages.length });
  return manifest;
}

/** A manifest by two paths. */
interface Found {
  /** Its directory is behind all links, so that it is met once. */
  file: string;
  /** A link on the way may lead elsewhere tomorrow, so this is watched too. */
  asWritten: string;
}

/** The walk along `include`, which meets every manifest once. */
class Including {
  readonly included: Manifest[] = [];
  readonly problems: Diagnostic[] = [];
  readonly #root: Manifest;
  readonly #world: World;

  constructor(root: Manifest, world: World) {
    this.#root = root;
    this.#world = world;
  }

  /** @param trail how the walk came to the manifest: from the root to itself */
  async follow(manifest: Manifest, trail: readonly Manifest[]): Promise<void> {
    for (const [index, named] of manifest.include.entries()) {
      const at = { file: manifest.file, path: ['include', index] };
      const refuse = (message: string, hint: string): void => {
        this.problems.push({ code: 'INCLUDE_REFUSED', message: `Cannot include "${named}": ${message}`, hint, ...at });
      };
      const found = await this.#find(named);
      if (found === undefined) {
        refuse(`there is no ${MANIFEST_NAME}`, await this.#advise(named));
      } else if (!isBelow(manifest.rootDir, found.file)) {
        refuse(
          `it lies outside "${manifest.rootDir}"`,
          'A manifest includes what lies below it, and can be taken alone',
        );
      } else if (trail.some(({ file }) => file === found.file)) {
        const files = [...trail.map(({ file }) => file), found.file];
        const ring = files.slice(files.indexOf(found.file)).join(' → ');
        refuse(`manifests include one another in a ring: ${ring}`, 'Remove one of them from "include"');
      } else if (!this.included.some(({ file }) => file === found.file)) {
        await this.#add(found, trail);
      }
    }
  }

  async #add({ file, asWritten }: Found, trail: readonly Manifest[]): Promise<void> {
    try {
      const read = await readManifest(file, this.#world);
      const manifest = { ...read, name: file, files: [...read.files, asWritten] };
      this.#compareShell(manifest);
      this.included.push(manifest);
      await this.follow(manifest, [...trail, manifest]);
    } catch (error) {
      if (!(error instanceof Problems)) throw error;
      this.problems.push(...error.diagnostics);
    }
  }

  async #find(named: string): Promise<Found | undefined> {
    const { files } = this.#world;
    const kind = (await unlessMissing(files.statTarget(named)))?.kind;
    const asWritten = kind === 'dir' ? path.join(named, MANIFEST_NAME) : named;
    if (kind === undefined || !(await files.exists(asWritten))) return undefined;
    const file = path.join(await files.realPath(path.dirname(asWritten)), path.basename(asWritten));
    return { file, asWritten };
  }

  async #advise(named: string): Promise<string> {
    const nearest = findNearest(path.basename(named), await this.#world.files.list(path.dirname(named)));
    if (nearest !== undefined && nearest !== path.basename(named)) return `Did you mean "${nearest}"?`;
    return `Name a directory with a ${MANIFEST_NAME}, or the file itself`;
  }

  /** Scripts run in one shell, or a package would have another key when its team syncs alone. */
  #compareShell(manifest: Manifest): void {
    const root = this.#root;
    const [own, others] = [manifest, root].map(({ defaultShell }) => canonicalJson(defaultShell as unknown as Json));
    if (own === others && root.defaultShell.form !== 'function') return;
    this.problems.push({
      code: 'INCLUDE_REFUSED',
      message: `The "default_shell" of ${manifest.file} is not that of ${root.file}`,
      hint: 'Write the same shell in both, as data; without one, scripts run in bash',
      file: manifest.file,
      path: ['default_shell'],
      also: { file: root.file, path: ['default_shell'], note: 'the manifest of this run says it here' },
    });
  }
}
