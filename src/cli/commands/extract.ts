// `galley extract <archive> [dir]`: unpacks an archive with the checks that recipes get. Needs no project.
import path from 'node:path';
import type { UnpackOptions } from '../../archive/unpacking.ts';
import type { Services } from '../../build/services.ts';
import { Failure } from '../../model/failure.ts';
import { findGlobProblem } from '../../model/glob.ts';
import { unlessMissing } from '../../system/errno.ts';
import type { Options, Run } from '../answer.ts';

export const run: Run = async (services, { settings, args, flags, lists }, signal) => {
  const { cwd, emit, files } = services;
  const archive = path.resolve(cwd, args[0] as string);
  const dir = path.resolve(cwd, args[1] ?? '.');
  const options = { ...optionsOf({ flags, lists }), files, signal };
  await expectFile(archive, services);
  if (settings.dryRun) {
    emit({ type: 'log.message', level: 'info', text: `Would unpack ${archive} into ${dir}` });
    return { status: 0, stdout: dir, json: { dir, entries: null } };
  }
  const { entries, sizeBytes } = await unpack(archive, dir, options);
  emit({ type: 'archive.extracted', file: path.basename(archive), entries, sizeBytes });
  return { status: 0, stdout: dir, json: { dir, entries, size_bytes: sizeBytes } };
};

function optionsOf({ flags, lists }: Pick<Options, 'flags' | 'lists'>): Omit<UnpackOptions, 'files' | 'signal'> {
  const { include, exclude } = lists;
  for (const [flag, globs = []] of Object.entries({ include, exclude })) expectGlobs(flag, globs);
  const given = flags['strip-components'] ?? '0';
  if (given === true || !/^\d{1,3}$/.test(given)) {
    const hint = 'Say how many leading directories go: --strip-components 1';
    throw new Failure('USAGE', `Cannot strip "${given}" components, expected a whole number from 0`, { hint });
  }
  return { stripComponents: Number(given), ...(include && { include }), ...(exclude && { exclude }) };
}

function expectGlobs(flag: string, globs: readonly string[]): void {
  for (const glob of globs) {
    const problem = findGlobProblem(glob);
    if (problem === undefined) continue;
    const { expected, hint } = problem;
    throw new Failure('USAGE', `Cannot unpack by --${flag} "${glob}", expected ${expected}`, { hint });
  }
}

async function expectFile(archive: string, { files }: Services): Promise<void> {
  const stat = await unlessMissing(files.statTarget(archive));
  const facts = { path: archive };
  if (stat === undefined) throw new Failure('SOURCE_NOT_FOUND', `There is no archive "${archive}"`, { facts });
  if (stat.kind === 'dir')
    throw new Failure('ARCHIVE_INVALID', `Cannot unpack "${archive}": it is a directory`, { facts });
}

/** A directory that was made for the archive goes with it when that is refused; what was there before stays. */
async function unpack(archive: string, dir: string, options: UnpackOptions) {
  const { files } = options;
  const { unpackFile } = await import('../../archive/archive.ts');
  const made = await findMissing(dir, files);
  try {
    await files.ensureDir(dir);
    return await unpackFile(archive, dir, options);
  } catch (error) {
    if (made !== undefined) await files.removeTree(made);
    throw error;
  }
}

/** The uppermost directory on the way that does not exist yet. */
async function findMissing(dir: string, files: UnpackOptions['files']): Promise<string | undefined> {
  if (await files.exists(dir)) return undefined;
  return (await findMissing(path.dirname(dir), files)) ?? dir;
}
