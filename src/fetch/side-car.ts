// The side-car of a part, and what it tells others: whether the part is anybody's.
import path from 'node:path';
import { isJsonObject, type Json } from '../model/json.ts';
import type { Clock } from '../system/clock.ts';
import { unlessMissing } from '../system/errno.ts';
import type { Files } from '../system/files.ts';
import { fateOf, type OwnerRecord } from '../system/owner.ts';
import { isTemporaryName } from '../system/temporary.ts';
import type { PartVersion } from './part.ts';
import type { Store } from './source.ts';

/** A writer of another machine or container is asked for after this long without a byte: stalls end much earlier. */
const ABANDONED_MS = 60 * 60 * 1000;

export interface PartRecord extends PartVersion {
  /** Absent once the writer has put the part down. */
  owner?: OwnerRecord;
  /** Of the bytes when they were put down. */
  sha256?: string;
}

export interface Leftover {
  file: string;
  record: PartRecord;
  sizeBytes: number;
  /** Nobody has it open, for sure. */
  isFree: boolean;
}

/** Parts with this key that nobody writes any more, the longest first. */
export async function findAbandoned(
  key: string,
  { store, files, clock, self }: { store: Store; files: Files; clock: Clock; self: OwnerRecord },
): Promise<Leftover[]> {
  const dir = path.dirname(store.partFile(key));
  const found: Leftover[] = [];
  for (const name of await files.list(dir)) {
    if (!isTemporaryName(name, key)) continue;
    const file = path.join(dir, name);
    const record = parseRecord(await files.findText(sideCar(file)));
    const stat = await files.findStat(file);
    if (record === undefined || stat === undefined) continue;
    const fate = record.owner === undefined ? 'dead' : fateOf(record.owner, self);
    const isStale = stat.mtimeMs < clock.now() - ABANDONED_MS;
    const isFree = fate === 'dead';
    if (isFree || (fate === 'elsewhere' && isStale)) found.push({ file, record, sizeBytes: stat.sizeBytes, isFree });
  }
  return found.sort((a, b) => b.sizeBytes - a.sizeBytes);
}

export function sideCar(file: string): string {
  return `${file}.json`;
}

/** Not made safe: a record that is lost or half written costs a resumption, and syncing would cost every download. */
export async function writeRecord(file: string, record: PartRecord, files: Files): Promise<void> {
  await using writer = await files.openWriter(sideCar(file), { start: 'replace' });
  await writer.write(Buffer.from(JSON.stringify(record)));
}

/** A part with what is told of it. */
export async function discard(file: string, files: Files): Promise<void> {
  for (const each of [file, sideCar(file)]) await unlessMissing(files.unlink(each));
}

/** Undefined when the file is missing or half written. */
function parseRecord(text: string | undefined): PartRecord | undefined {
  try {
    const record = JSON.parse(text ?? '') as Json;
    return isJsonObject(record) ? (record as PartRecord) : undefined;
  } catch {
    return undefined;
  }
}

export function versionOf({ validator, totalBytes, server }: PartRecord): PartVersion {
  return {
    ...(validator !== undefined && { validator }),
    ...(totalBytes !== undefined && { totalBytes }),
    ...(server !== undefined && { server }),
  };
}
