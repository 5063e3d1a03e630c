// The files a call may touch. Paths of authors start at the call's cwd; whether they stay inside is decided when they
// are opened. The roots are real paths already: the cache's and the project's are, from the moment they are opened.
import path from 'node:path';
import { Failure } from '../model/failure.ts';
import { type Confinement, createConfinement } from '../system/confinement.ts';
import { type Call, rootsOf } from './call.ts';

/** The confinement of a call. Assets appear while a run goes on, so it is made for each use. */
export async function confinementOf(call: Call): Promise<Confinement> {
  return createConfinement({ files: call.run.world.files, signal: call.signal, ...(await rootsOf(call)) });
}

/** An absolute path from what an author wrote; links and `..` are left for the moment of opening. */
export function absolutePath(given: string, { cwd }: Call): string {
  return path.isAbsolute(given) ? given : `${cwd}/${given}`;
}

/** The real path of a directory that a command may start in. */
export async function directoryFor(given: string, call: Call): Promise<string> {
  const dir = absolutePath(given, call);
  const stat = await (await confinementOf(call)).findStat(dir);
  if (stat?.kind !== 'dir')
    throw new Failure('INVALID_ARGUMENT', `"cwd" got "${given}", which is no directory in ${call.cwd}`);
  return call.run.world.files.realPath(dir);
}
