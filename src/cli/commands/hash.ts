// `galley hash <path…>`: the sha256 of files as sha256sum(1) tells it, and of directories as `fetch: { path }` takes
// them. Needs no project.
import path from 'node:path';
import type { Services } from '../../build/services.ts';
import type { Code } from '../../model/codes.ts';
import { Failure, isFailure } from '../../model/failure.ts';
import { sha256OfFile, sha256OfStream } from '../../system/digest.ts';
import { unlessMissing } from '../../system/errno.ts';
import type { Run } from '../answer.ts';
import { formatChecksumLine } from '../checksum-line.ts';
import { toJsonRow } from '../json.ts';
import { tellError } from '../problems.ts';
import { statusOf } from '../status.ts';
import { untilStopped } from '../until-stopped.ts';

interface Hashed {
  /** As it was given. */
  path: string;
  kind: 'file' | 'directory' | 'stdin';
  sha256: string;
}

/** What cannot be read is told, and the others are hashed all the same. */
export const run: Run = async (services, { args }, signal) => {
  const hashed: Hashed[] = [];
  const codes: Code[] = [];
  for (const name of args) {
    try {
      hashed.push(await untilStopped(hash(name, services, signal), signal));
    } catch (error) {
      if (!isFailure(error) || signal.aborted) throw error;
      codes.push(...(await tellError(error, services)).map(({ code }) => code));
    }
  }
  const lines = hashed.map(({ sha256, path: name }) => formatChecksumLine(sha256, name));
  return { status: statusOf(codes), stdout: lines.join('\n'), json: hashed.map(toJsonRow) };
};

async function hash(name: string, services: Services, signal: AbortSignal): Promise<Hashed> {
  if (name === '-') return { path: name, kind: 'stdin', sha256: await sha256OfStream(services.stdin()) };
  const file = path.resolve(services.cwd, name);
  const stat = await unlessMissing(services.files.statTarget(file));
  if (stat === undefined) throw missing(name);
  if (stat.kind === 'dir') return { path: name, kind: 'directory', sha256: await hashTree(file, services, signal) };
  return {
    path: name,
    kind: 'file',
    sha256: await (stat.kind === 'file' ? sha256OfFile(file, signal) : drain(file, services)),
  };
}

/** The digest that goes into keys: content, names and who may execute, without `.git` and `.galley`. */
async function hashTree(dir: string, { files, clock }: Services, signal: AbortSignal): Promise<string> {
  const { digestTree } = await import('../../fetch/tree.ts');
  return (await digestTree(dir, { ignored: [] }, { files, clock, memo: {}, signal })).sha256;
}

/** A pipe or a device: `galley hash <(command)`. */
async function drain(file: string, { files }: Services): Promise<string> {
  await using handle = await files.openRead(file);
  return await sha256OfStream(handle.createReadStream({ autoClose: false }));
}

function missing(name: string): Failure {
  return new Failure('SOURCE_NOT_FOUND', `Cannot hash "${name}": it does not exist`, { facts: { path: name } });
}
