// What galley itself writes into a project, which is a source of nothing that is built there: with it, each build would
// change the key of the next. Launchers, what the manifest wants placed, and what was placed by hand.
import path from 'node:path';
import { isJsonObject, type Json } from '../model/json.ts';
import { type Manifest, withIncluded } from '../model/manifest.ts';
import { OUTPUT_RECORD, type OutputWish } from '../model/output.ts';
import type { Files } from '../system/files.ts';
import { isBelow } from '../system/source.ts';

/** Absolute paths of directories and files. */
export async function findOwnPaths(manifest: Manifest, stateDir: string, files: Files): Promise<string[]> {
  const declared = withIncluded(manifest).flatMap(({ binDir, outputs, rootDir }) => [
    binDir,
    ...outputs.flatMap((wish) => pathsOf(wish, rootDir)),
  ]);
  return [...declared, ...placed(await files.findText(path.join(stateDir, OUTPUT_RECORD)))];
}

/** A directory of outputs has nothing else in it, unless the project itself is in it. */
function pathsOf({ dir, name, product }: OutputWish, rootDir: string): string[] {
  const file = path.join(dir, name ?? product);
  return isBelow(rootDir, dir) ? [dir] : [file, `${file}.exe`];
}

/** Whatever is not a record of ours names nothing. */
function placed(text: string | undefined): string[] {
  try {
    const record = JSON.parse(text ?? '{}') as Json;
    const rows = isJsonObject(record) && Array.isArray(record.outputs) ? record.outputs : [];
    return rows.flatMap((row) => (isJsonObject(row) && typeof row.output_path === 'string' ? [row.output_path] : []));
  } catch {
    return [];
  }
}
