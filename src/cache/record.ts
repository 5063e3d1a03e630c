// The marker of a complete entry: what was built, from what, and how the finished tree can be recognised at a glance.
import { parseSha256, type Sha256 } from '../model/digest.ts';
import { canonicalJson, findJson, isJsonObject, type Json, type JsonObject } from '../model/json.ts';
import { isSize, readSourceRecords, type SourceRecord } from '../model/pin.ts';
import { unlessMissing } from '../system/errno.ts';
import type { Files } from '../system/files.ts';
import type { EntryPaths, EntryRef } from './layout.ts';

/** Who made an asset, when and with what: of no consequence for its key, and the beginning of its provenance. */
export interface Making {
  /** Epoch milliseconds: its entry was locked. */
  startedAt: number;
  /** Of galley. */
  version: string;
  /** The `builder_id` of whoever ran it: a URI. */
  builder: string;
  /** The same for all that one run has made, and for nothing else. */
  invocation: string;
  /** Where the recipe came from, without credentials; relative to the project when it is part of it. */
  recipe: { uri: string; sha256?: Sha256 };
  /** Key → fingerprint of the assets that it was made with: another asset may have taken the place of one since. */
  assets: Record<string, Sha256>;
}

/** What the builder knows of a finished entry. */
export interface EntryDraft {
  /** For `why --rebuild`: the parts the key was made of. */
  keyParts: Json;
  /** What was fetched for it, as galley.lock keeps it. Empty: nothing was, or an older galley did not say. */
  sources: SourceRecord[];
  /** Epoch milliseconds. */
  builtAt: number;
  /** Absent in entries of older galleys, and in those that were made elsewhere. */
  making?: Making;
  /** Of an imported asset: the signed statement that came with it, as it came. */
  provenance?: string;
}

export interface EntryRecord extends EntryDraft {
  key: string;
  /** Keys of the entries whose assets the files name: the asset needs them to run. */
  runtime: string[];
  files: number;
  sizeBytes: number;
  /** Digest of the fingerprint file, and so of all contents, modes and link targets. */
  fingerprint: Sha256;
  /** Where the asset was published, when its files name assets by their paths; absent also in entries of older galleys. */
  boundTo?: string;
  /** Of the asset's root. Whoever replaces or edits the root's names changes one of them. */
  root: { inode: number; ctimeMs: number };
}

/** A finished package. */
export interface Asset {
  assetDir: string;
  key: string;
  record: EntryRecord;
}

export function encodeRecord(record: EntryRecord): string {
  return `${canonicalJson(record as unknown as Json)}\n`;
}

/** The record in an entry's marker; undefined when there is none, or it is not one of ours. */
export async function readRecord(files: Files, { markerFile }: EntryPaths): Promise<EntryRecord | undefined> {
  const text = await files.findText(markerFile);
  const record = text === undefined ? undefined : findJson(text);
  if (!isJsonObject(record) || !isRecord(record)) return undefined;
  return { ...(record as unknown as EntryRecord), sources: readSourceRecords(record.sources) };
}

/** A marker that others could write, or a disk has damaged, is a miss: whoever takes a record relies on every member. */
function isRecord({ root, ...record }: JsonObject): boolean {
  const { key, keyParts, builtAt, making, provenance, runtime, files, sizeBytes, fingerprint, boundTo } = record;
  return (
    [typeof key, typeof fingerprint].every((type) => type === 'string') &&
    [provenance, boundTo].every((text) => text === undefined || typeof text === 'string') &&
    isJsonObject(keyParts) &&
    isTime(builtAt) &&
    (making === undefined || isMaking(making)) &&
    isTexts(runtime) &&
    isSize(files) &&
    isSize(sizeBytes) &&
    isJsonObject(root) &&
    [root.inode, root.ctimeMs].every((value) => typeof value === 'number')
  );
}

function isMaking(making: Json): boolean {
  if (!isJsonObject(making) || !isJsonObject(making.recipe) || !isJsonObject(making.assets)) return false;
  const { startedAt, version, builder, invocation, recipe, assets } = making;
  const { sha256 = null } = recipe;
  const isPlain = sha256 === null || (typeof sha256 === 'string' && parseSha256(sha256) === sha256);
  return isTime(startedAt) && isTexts([version, builder, invocation, recipe.uri, ...Object.values(assets)]) && isPlain;
}

/** Of the range that dates have. */
function isTime(value: Json | undefined): boolean {
  return typeof value === 'number' && !Number.isNaN(new Date(value).getTime());
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((text) => typeof text === 'string');
}

/** The asset of an entry when it is complete: two looks at the disk, no lock, no walk. */
export async function findAsset(files: Files, paths: EntryPaths, { key }: EntryRef): Promise<Asset | undefined> {
  const record = await readRecord(files, paths);
  if (record?.key !== key) return undefined;
  const root = await unlessMissing(files.stat(paths.assetDir));
  const isAsRecorded = root?.inode === record.root.inode && root.ctimeMs === record.root.ctimeMs;
  return isAsRecorded && isInPlace(record, paths) ? { assetDir: paths.assetDir, key, record } : undefined;
}

/** A cache that was moved, or is mounted elsewhere, has the same files; but those that name others lead out of it. */
export function isInPlace({ boundTo }: EntryRecord, { assetDir }: EntryPaths): boolean {
  return boundTo === undefined || boundTo === assetDir;
}

/** Whether two looks at an entry have found the same tree, and not one that has taken the place of the other. */
export function isSameAsset(one: Asset, other: Asset): boolean {
  return isSameRoot(one.record, other.record);
}

export function isSameRoot(one: EntryRecord, other: EntryRecord): boolean {
  return one.root.inode === other.root.inode && one.root.ctimeMs === other.root.ctimeMs;
}
