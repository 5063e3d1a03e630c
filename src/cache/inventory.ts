// The entries of a cache, finished or not.
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

/** Every entry directory, or those of one recipe, sorted. */
export async function* listEntries(files: Files, layout: Layout, only?: string): AsyncGenerator<EntryState> {
  const { assetsDir } = layout;
  for (const identity of only === undefined ? await files.list(assetsDir) : [only]) {
    for (const name of await files.list(path.join(assetsDir, identity))) {
      const ref = parseEntryName(identity, name);
      if (ref === undefined) continue;
      const entryDir = path.join(assetsDir, identity, name);
      const record = await readRecord(files, layout.entry(ref));
      yield { ref, entryDir, ...(record && { record }) };
    }
  }
}
