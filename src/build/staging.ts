// From fetch_dir to stage_dir: archives are unpacked, everything else is copied.
import path from 'node:path';
import { unpackFile } from '../archive/archive.ts';
import { isArchive } from '../archive/format.ts';
import type { Call } from './call.ts';

/** Unpacks one archive and tells how many entries it had. */
export async function unpackInto(file: string, dir: string, { call, stripComponents }: { call: Call; stripComponents: number }): Promise<number> {
  const { emit, files } = call.run.world;
  const unpacked = await unpackFile(file, dir, { files, stripComponents, signal: call.signal });
  emit({ type: 'archive.extracted', package: call.pkg.label, file, ...unpacked });
  return unpacked.entries;
}

/** What a recipe without a stage verb does; answers the number of entries and files that arrived. */
export async function stageAll(call: Call, stripComponents: number): Promise<number> {
  const { files } = call.run.world;
  const { fetchDir, stageDir } = call.dirs as Required<Call['dirs']>;
  let arrived = 0;
  for (const name of await files.list(fetchDir)) {
    const file = path.join(fetchDir, name);
    const isPacked = (await files.stat(file)).kind === 'file' && isArchive(name);
    if (isPacked) arrived += await unpackInto(file, stageDir, { call, stripComponents });
    else {
      await files.copyTree(file, path.join(stageDir, name));
      arrived++;
    }
  }
  return arrived;
}
