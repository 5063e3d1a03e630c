// The files a call may touch. Paths of authors start at the call's cwd; whether they stay inside is decided when they
// are opened.
import { type Confinement, createConfinement } from '../system/confinement.ts';
import { Failure } from '../model/failure.ts';
import { type Call, rootsOf } from './call.ts';

/** The confinement of a call. Assets appear while a run goes on, so it is made for each use. */
export async function confinementOf(call: Call): Promise<Confinement> {
  const { files } = call.run.world;
  const { read, write } = rootsOf(call);
  const real = async (dirs: string[]): Promise<string[]> => {
    const found = await Promise.all(dirs.map(async (dir) => ((await files.exists(dir)) ? [await files.realPath(dir)] : [])));
    // The name an author was told is as good as the real one.
    return [...new Set([...found.flat(), ...dirs])];
  };
  return createConfinement({ files, read: await real(read), write: await real(write) });
}

/** An absolute path from what an author wrote; links and `..` are left for the moment of opening. */
export function absolutePath(given: string, { cwd }: Call): string {
  return given.startsWith('/') ? given : `${cwd}/${given}`;
}

/** A path for a command or an archive to read, which must be there and inside. */
export async function readablePath(given: string, call: Call): Promise<string> {
  const file = absolutePath(given, call);
  const confinement = await confinementOf(call);
  if ((await confinement.findStat(file)) === undefined) throw new Failure('SOURCE_NOT_FOUND', `There is no "${given}" in ${call.cwd}`);
  return call.run.world.files.realPath(file);
}

/** A directory to unpack into: inside, and made when it is missing. */
export async function writablePath(given: string, call: Call): Promise<string> {
  const dir = absolutePath(given, call);
  await (await confinementOf(call)).mkdir(dir);
  return call.run.world.files.realPath(dir);
}
