// The archive of an asset: made from one cache, and opened for another. What it is called, and who vouches for it, is
// known elsewhere.
import path from 'node:path';
import type { Writable } from 'node:stream';
import { createUnpacker } from '../../archive/archive.ts';
import { findTargetProblem } from '../../archive/names.ts';
import { type Packed, packTree } from '../../archive/pack.ts';
import type { Watcher } from '../../archive/unpacking.ts';
import { adoptTree } from '../../cache/adopt.ts';
import type { EntryRef, Layout } from '../../cache/layout.ts';
import { moveAssets, type PortableTree, portableTree } from '../../cache/portable.ts';
import type { Asset } from '../../cache/record.ts';
import type { ScannedFiles } from '../../cache/scanned.ts';
import {
  ARCHIVED_ASSETS,
  ARCHIVED_ENTRY,
  ARCHIVED_TREE,
  type ArchivedEntry,
  decodeArchivedEntry,
  encodeArchivedEntry,
} from '../../model/archived-entry.ts';
import { depotKey } from '../../model/depot.ts';
import { Failure } from '../../model/failure.ts';
import type { JsonObject } from '../../model/json.ts';
import type { KeyParts } from '../../model/key.ts';
import type { Files } from '../../system/files.ts';
import { keyOf } from '../keying.ts';

export interface ArchiveTools {
  files: Files;
  layout: Layout;
  signal: AbortSignal;
}

/**
 * Makes the archive of an asset, as a file that must not exist yet.
 *
 * @throws Failure NOT_PORTABLE, ASSET_DAMAGED
 */
export async function packAsset(
  ref: EntryRef,
  { assetDir, record }: Asset,
  file: string,
  { files, layout, signal }: ArchiveTools,
): Promise<{ entry: ArchivedEntry; packed: Packed }> {
  const { assetsDir, rootDir } = layout;
  const target = { assetsDir, entryPath: path.relative(assetsDir, path.dirname(assetDir)) };
  const tree = await portableTree(assetDir, { files, target, assets: ARCHIVED_ASSETS });
  // A disk that forgets must not speak for everybody who imports.
  if (tree.found !== record.fingerprint) throw damaged(ref, assetDir);
  refuseOutside(ref, tree);
  const entry: ArchivedEntry = {
    ...ref,
    keyParts: record.keyParts as JsonObject,
    sources: record.sources,
    runtime: record.runtime,
    fingerprint: tree.fingerprint,
    texts: tree.texts,
    links: tree.links,
    ...(tree.isBound && { root: rootDir }),
  };
  const content = async (name: string) =>
    moveAssets(await files.readBytes(`${assetDir}/${name}`), assetsDir, ARCHIVED_ASSETS);
  const packing = {
    first: [{ name: ARCHIVED_ENTRY, content: encodeArchivedEntry(entry) }],
    tree: {
      dir: assetDir,
      name: ARCHIVED_TREE,
      leaveOut: new Set(Object.keys(tree.links)),
      replace: { names: new Set(tree.texts), content },
    },
  };
  return { entry, packed: await packTree(packing, file, { files, signal }) };
}

/** Whoever unpacks an archive refuses links that leave it, so that nobody has to wonder where they lead. */
function refuseOutside(ref: EntryRef, { ownLinks }: PortableTree): void {
  for (const [name, target] of Object.entries(ownLinks)) {
    const problem = findTargetProblem(target, name.split('/').length - 1);
    if (problem === undefined) continue;
    throw new Failure('NOT_PORTABLE', `Cannot export ${ref.identity}: "${name}" in its asset ${problem}`, {
      hint: 'Only links that stay in the asset, or lead to the asset of a dependency, work on another machine',
      package: ref.identity,
    });
  }
}

function damaged({ identity }: EntryRef, assetDir: string): Failure {
  return new Failure('ASSET_DAMAGED', `Cannot export ${identity}: its asset is no longer what was published`, {
    hint: 'Run "galley cache verify --repair"',
    package: identity,
    facts: { path: assetDir },
  });
}

/** An archive that was unpacked: its own claims, and the tree. */
export interface OpenedArchive {
  entry: ArchivedEntry;
  treeDir: string;
}

/**
 * Unpacks an archive into a directory of its own and checks all that can be checked without knowing who made it.
 *
 * @param name of the archive, for messages
 * @param tools.scanned learns what is in the tree
 * @param bring sends the bytes and ends the stream; what it throws is thrown
 * @throws Failure DEPOT_INVALID, ARCHIVE_UNSAFE, ARCHIVE_INVALID, or what `bring` throws
 */
export async function openArchive(
  name: string,
  dir: string,
  { files, layout, signal, scanned }: ArchiveTools & { scanned?: ScannedFiles | undefined },
  bring: (reader: Writable) => Promise<unknown>,
): Promise<OpenedArchive> {
  const refuse = (problem: string) => invalid(name, problem);
  const watching = scanned && { watcher: inTree(scanned) };
  const unpacker = createUnpacker(name, dir, { files, signal, readOnly: true, ...watching });
  unpacker.done.catch(() => {});
  await bring(unpacker);
  await unpacker.done;
  const names = await files.list(dir);
  const expected = [ARCHIVED_TREE, ARCHIVED_ENTRY];
  if (names.join('\0') !== expected.join('\0')) throw refuse(`it holds "${names.join('", "')}"`);
  const treeDir = `${dir}/${ARCHIVED_TREE}`;
  if ((await files.stat(treeDir)).kind !== 'dir') throw refuse(`its "${ARCHIVED_TREE}" is no directory`);
  const entry = await readEntry(`${dir}/${ARCHIVED_ENTRY}`, files);
  if (entry === undefined || !isKeyed(entry)) throw refuse(`its ${ARCHIVED_ENTRY} is malformed`);
  if (entry.root !== undefined && entry.root !== layout.rootDir)
    throw refuse(`it works only in the cache "${entry.root}"`);
  await adoptTree(treeDir, entry, { files, assetsDir: layout.assetsDir, scanned, refuse });
  return { entry, treeDir };
}

/** Learns of the files of the tree, by the paths that they have in it. */
function inTree(scanned: ScannedFiles): Watcher {
  const prefix = `${ARCHIVED_TREE}/`;
  return {
    open: (name) => (name.startsWith(prefix) ? scanned.open(name.slice(prefix.length)) : NOBODY),
    forget: (name) => scanned.forget(name.slice(prefix.length)),
  };
}

const NOBODY = { write() {}, close() {} };

/** A list of texts may be long; beyond this somebody is filling our memory. */
const MOST_ENTRY_BYTES = 64 * 1024 * 1024;

async function readEntry(file: string, files: Files): Promise<ArchivedEntry | undefined> {
  const { kind, sizeBytes } = await files.stat(file);
  return kind === 'file' && sizeBytes <= MOST_ENTRY_BYTES ? decodeArchivedEntry(await files.readText(file)) : undefined;
}

/** The parts are those of its key, and name the same package. */
function isKeyed({ identity, platform, key, keyParts }: ArchivedEntry): boolean {
  const isNamed = keyParts.identity === identity && keyParts.platform === platform;
  return isNamed && keyOf(keyParts as unknown as KeyParts) === key;
}

/** @throws Failure DEPOT_INVALID when an archive is a good one, of something else */
export function demandRef(name: string, { entry }: OpenedArchive, ref: EntryRef): void {
  if (depotKey(entry) !== depotKey(ref)) throw invalid(name, `it is ${depotKey(entry)}, expected ${depotKey(ref)}`);
}

function invalid(name: string, problem: string): Failure {
  return new Failure('DEPOT_INVALID', `Cannot use archive "${name}": ${problem}`, { facts: { archive: name } });
}
