// An archive is opened, wherever it comes from: unpacked beside everything else, and compared with all that can be known
// without knowing who made it. Who vouches for it is known elsewhere.
import type { Writable } from 'node:stream';
import { createUnpacker } from '../../archive/archive.ts';
import type { Watcher } from '../../archive/unpacking.ts';
import { adoptTree } from '../../cache/adopt.ts';
import type { EntryRef } from '../../cache/layout.ts';
import type { ScannedFiles } from '../../cache/scanned.ts';
import { ARCHIVED_ENTRY, ARCHIVED_TREE, type ArchivedEntry, decodeArchivedEntry } from '../../model/archived-entry.ts';
import { depotKey } from '../../model/depot.ts';
import { Failure } from '../../model/failure.ts';
import type { KeyParts } from '../../model/key.ts';
import type { Files } from '../../system/files.ts';
import { keyOf } from '../keying.ts';
import type { ArchiveTools } from './packing.ts';

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
  await adoptTree(treeDir, entry, { files, assetsDir: layout.assetsDir, scanned, signal, refuse });
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
