// What is in the cache and how much room it takes: for people, and for whoever decides what may go.
import path from 'node:path';
import type { Files } from '../system/files.ts';
import { type EntryRef, type Layout, parseEntryName } from './layout.ts';
import { type EntryRecord, readRecord } from './record.ts';

export interface EntryState {
  ref: EntryRef;
  entryDir: string;
  /** Absent while an entry is being made, or was left unfinished. */
  record?: EntryRecord;
}

export interface CacheUse {
  rootDir: string;
  /** Complete entries, and the bytes of their assets. */
  entries: number;
  entryBytes: number;
  /** Entries that hold downloads or failed work. */
  unfinished: number;
  downloads: number;
  downloadBytes: number;
}

/** Every entry directory, sorted. */
export async function* listEntries(files: Files, layout: Layout): AsyncGenerator<EntryState> {
  const { assetsDir } = layout;
  for (const identity of await files.list(assetsDir)) {
    for (const name of await files.list(path.join(assetsDir, identity))) {
      const ref = parseEntryName(identity, name);
      if (ref === undefined) continue;
      const entryDir = path.join(assetsDir, identity, name);
      const record = await readRecord(files, layout.entry(ref));
      yield { ref, entryDir, ...(record && { record }) };
    }
  }
}

export async function measure(files: Files, layout: Layout): Promise<CacheUse> {
  const use = { rootDir: layout.rootDir, entries: 0, entryBytes: 0, unfinished: 0, downloads: 0, downloadBytes: 0 };
  for await (const { record } of listEntries(files, layout)) {
    if (record === undefined) use.unfinished += 1;
    else use.entries += 1;
    use.entryBytes += record?.sizeBytes ?? 0;
  }
  for (const { path: name, kind } of await files.listTree(layout.downloadsDir)) {
    if (kind !== 'file') continue;
    use.downloads += 1;
    use.downloadBytes += (await files.findStat(path.join(layout.downloadsDir, name)))?.sizeBytes ?? 0;
  }
  return use;
}
