// From fetch_dir to stage_dir: archives are unpacked, everything else is copied. An archive that is the only one is
// unpacked while it is being downloaded: its bytes pass once through digest, store and tree.
import path from 'node:path';
import { unpackOpen } from '../archive/archive.ts';
import { isArchive, isStreamed } from '../archive/format.ts';
import { Failure } from '../model/failure.ts';
import { isAssetAsFetched } from '../model/recipe.ts';
import type { FetchItem, StageVerb } from '../model/verb.ts';
import { isErrno } from '../system/errno.ts';
import type { FileKind } from '../system/stat.ts';
import type { Call } from './call.ts';
import type { OpenReader, Reader } from './fetching.ts';
import { loadedOf } from './package.ts';

/** What happens without a stage verb. */
export const UNPACK: StageVerb = { form: 'unpack', stripComponents: 0 };

interface Unpacking {
  call: Call;
  stripComponents: number;
}

/** Unpacks an archive and tells how many entries it had. */
export async function unpackArchive(
  archive: Parameters<typeof unpackOpen>[0],
  dir: string,
  { call, stripComponents }: Unpacking,
): Promise<number> {
  const { emit, files } = call.run.world;
  const unpacked = await unpackOpen(archive, dir, { files, stripComponents, signal: call.signal });
  emit({ type: 'archive.extracted', package: call.pkg.label, file: archive.name, ...unpacked });
  return unpacked.entries;
}

/** What a recipe without a stage verb does; answers the number of entries and files that arrived. */
export async function stageAll(call: Call, stripComponents: number): Promise<number> {
  const { files } = call.run.world;
  const { fetchDir, stageDir } = call.dirs as Required<Call['dirs']>;
  let arrived = 0;
  const names = await files.list(fetchDir);
  for (const [index, name] of names.entries()) {
    if (name === call.pkg.stagedEarly) continue;
    const file = path.join(fetchDir, name);
    const isPacked = (await files.stat(file)).kind === 'file' && isArchive(name);
    if (isPacked) {
      await using handle = await files.openRead(file);
      arrived += await unpackArchive({ handle, name }, stageDir, { call, stripComponents });
    } else {
      await copyFetched(file, names.slice(0, index), call);
      arrived++;
    }
  }
  return arrived;
}

const KINDS: Record<FileKind, string> = { file: 'file', dir: 'directory', link: 'link', other: 'device or pipe' };

/** Is merged into what those before it brought; but a directory and something else cannot become one. */
async function copyFetched(file: string, before: readonly string[], { dirs, run, signal }: Call): Promise<void> {
  const { files } = run.world;
  const [name, stageDir] = [path.basename(file), dirs.stageDir as string];
  try {
    await files.copyTree(file, path.join(stageDir, name), signal);
  } catch (error) {
    if (!isErrno(error, 'ENOTDIR', 'EISDIR', 'EPERM')) throw error;
    const shared = path.relative(stageDir, String((error as Failure).facts.path));
    const theirs = await files.findStat(path.join(stageDir, shared));
    const ours = await files.findStat(path.join(path.dirname(file), shared));
    if (!theirs || !ours || theirs.kind === ours.kind) throw error;
    const others = before.map((other) => `"${other}"`).join(', ') || 'what is there';
    const problem = `"${shared}" is a ${KINDS[theirs.kind]} there and a ${KINDS[ours.kind]} here`;
    const hint = 'Let a stage function unpack one of them into a directory of its own';
    throw new Failure('INVALID_VALUE', `Cannot stage "${name}" over ${others}: ${problem}`, { hint, cause: error });
  }
}

/**
 * Streams that stage an archive while it is downloaded. Nothing builds on it before the bytes are verified: the stream
 * ends only then, and the phase with it. Several archives could overlap, so they wait for the stage phase and its order.
 */
export function stageEarly(items: readonly FetchItem[], call: Call, stripComponents: number): OpenReader | undefined {
  if (items.length !== 1) return undefined;
  const { emit, files, unpackers } = call.run.world;
  const { pkg, signal } = call;
  const { dirs, scanned } = pkg.entry!;
  const { stageDir } = dirs;
  // What nobody writes to later is made as it will be published, and scanned on its way.
  const ours = { files, destDir: stageDir, stripComponents, signal };
  const unpacking = { ...ours, scanned: isAssetAsFetched(loadedOf(pkg).recipe) ? scanned : undefined };
  return async (name): Promise<Reader | undefined> => {
    if (!isStreamed(name)) return undefined;
    // A second try begins with an empty tree.
    scanned.forgetAll();
    delete pkg.stagedEarly;
    await files.removeTree(stageDir);
    await files.ensureDir(stageDir);
    const stream = unpackers.open({ ...unpacking, fileName: name });
    const done = stream.done.then((unpacked) => {
      // It is another kind of archive than its name says, and waits for the stage phase.
      if (!unpacked) return;
      pkg.stagedEarly = name;
      emit({ type: 'archive.extracted', package: pkg.label, file: name, ...unpacked });
    });
    // Whoever feeds the stream hears of a failure; here it comes before anybody waits for the end.
    done.catch(() => {});
    return { stream, done };
  };
}
