// What `ctx` can do in which phase: one table of methods. The sandbox offers the names; a call arrives here with its
// arguments as JSON and is served by one of the small files beside this one.
import { Failure, isFailure } from '../../model/failure.ts';
import type { Json } from '../../model/json.ts';
import { isErrno } from '../../system/errno.ts';
import type { Call, CallPhase } from '../call.ts';
import { extractAll, extractFile } from './archives.ts';
import { answerAsset, answerProduct } from './dependencies.ts';
import { commitFetch, fetchToTmp, importFile } from './downloads.ts';
import { FILE_METHODS } from './files.ts';
import { logMessage } from './log.ts';
import { markInstallComplete } from './mark.ts';
import { runMethod } from './run.ts';

/** Serves one call of a ctx function; what it answers crosses to the recipe as JSON. */
export type Method = (args: readonly Json[], call: Call) => Promise<Json | undefined>;

interface Row {
  serve: Method;
  /** Absent: every phase. */
  phases?: readonly CallPhase[];
}

/** A fetch function also runs ahead of its phase, in `resolve`, when it has no pins. */
const FETCHING: readonly CallPhase[] = ['resolve', 'fetch'];

const METHODS: Record<string, Row> = {
  run: { serve: runMethod },
  asset: { serve: answerAsset },
  product: { serve: answerProduct },
  extract: { serve: extractFile },
  extract_all: { serve: extractAll, phases: ['stage'] },
  fetch: { serve: fetchToTmp, phases: FETCHING },
  commit_fetch: { serve: commitFetch, phases: FETCHING },
  import: { serve: importFile, phases: FETCHING },
  mark_install_complete: { serve: markInstallComplete, phases: ['install'] },
  log: { serve: logMessage },
  ...Object.fromEntries(Object.entries(FILE_METHODS).map(([name, serve]) => [name, { serve }])),
};

/** Names of the ctx functions that a phase has. */
export function methodsOf(phase: CallPhase): string[] {
  return Object.entries(METHODS).flatMap(([name, { phases }]) => ((phases?.includes(phase) ?? true) ? [name] : []));
}

/** @throws Failure INVALID_ARGUMENT for a method that the phase does not have, and whatever the method throws */
export async function serve(method: string, args: readonly Json[], call: Call): Promise<Json | undefined> {
  const row = Object.hasOwn(METHODS, method) ? METHODS[method] : undefined;
  if (!row || !methodsOf(call.phase).includes(method)) {
    throw new Failure(
      'INVALID_ARGUMENT',
      `ctx.${method}() does not exist in the ${call.phase} phase of ${call.pkg.label}`,
    );
  }
  try {
    return await row.serve(args, call);
  } catch (error) {
    throw blameAuthor(error);
  }
}

/** A file that is missing or in the way is a mistake of the recipe; a disk that is full or broken is not. */
function blameAuthor(error: unknown): unknown {
  if (!isFailure(error, 'IO_ERROR') || !isErrno(error, 'ENOENT', 'EEXIST', 'ENOTDIR', 'EISDIR', 'ENOTEMPTY', 'ELOOP'))
    return error;
  const { message, facts } = error;
  return new Failure('INVALID_ARGUMENT', message, { facts, cause: error });
}
