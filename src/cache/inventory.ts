// The entries of a cache, finished or not.
import path from 'node:path';
import type { Files } from '../system/files.ts';
import { type EntryRef, type Layout, parseEntryName } from './layout.ts';
import { type EntryRecord, readRecord } from './record.ts';
import { listShelf } from './shelf.ts';

export interface EntryState {
  ref: EntryRef;
  entryDir: string;
  /** Absent while an entry is being made, or was left unfinished. */
  record?: EntryRecord;
}

/** Every entry directory, or those of one recipe, sorted. */
export async function* listEntries(files: Files, layout: Layout, only?: string): AsyncGenerator<EntryState> {
  const { assetsDir } = layout;
  const place = { files, layout };
  for (const identity of only === undefined ? await listShelf(place, assetsDir) : [only]) {
    for (const name of await listShelf(place, path.join(assetsDir, identity))) {
      const ref = parseEntryName(identity, name);
      const entryDir = path.join(assetsDir, identity, name);
      if (ref === undefined || (await files.findStat(entryDir))?.kind === 'link') continue;
      const record = await readRecord(files, layout.entry(ref));
      yield { ref, entryDir, ...(record && { record }) };
    }
  }
}
