// What the operating system says when it refuses: turns its error codes into failures that name the file. Knows nothing
// of what the file is for.
import { readlinkSync } from 'node:fs';
import { constants } from 'node:os';
import { getSystemErrorMessage } from 'node:util';
import { Failure } from '../model/failure.ts';

/** Refusals that pass by themselves: a busy file, a network file system that lost its server for a moment. */
const TRANSIENT = new Set(['EIO', 'EAGAIN', 'EBUSY', 'ETIMEDOUT', 'ESTALE']);

/** The name of the system's error (`ENOENT`), of a raw error or of the failure made from it. */
export function errnoOf(error: unknown): string | undefined {
  if (error instanceof Failure) return typeof error.facts.errno === 'string' ? error.facts.errno : undefined;
  // Errors of Node itself (`ERR_…`) have a code too, but no system call: those are bugs of the caller.
  if (error instanceof Error && 'syscall' in error && 'code' in error) return nameOf(error as NodeJS.ErrnoException);
  return undefined;
}

/** Some errors of network file systems have a name in the system, and for Node and its native modules only a number. */
export function nameOf({ code }: NodeJS.ErrnoException): string {
  const [, number] = /^Unknown system error -(\d+)$/.exec(`${code}`) ?? [];
  return Object.entries(constants.errno).find(([, known]) => known === Number(number))?.[0] ?? `${code}`;
}

/** True when the error is one of these refusals of the system. */
export function isErrno(error: unknown, ...names: string[]): boolean {
  return names.includes(errnoOf(error) ?? '');
}

/**
 * Runs work on a file; a refusal becomes `NO_SPACE` or `IO_ERROR` with `path` and `errno` among its facts.
 *
 * @param verb what was tried, in an infinitive: "write", "rename"
 */
export async function guard<T>(verb: string, path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw ioFailure(error, verb, path);
  }
}

/** `guard` for work that blocks. */
export function guardSync<T>(verb: string, path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw ioFailure(error, verb, path);
  }
}

/** The answer of the work, or undefined when the file or a directory on its way does not exist. */
export async function unlessMissing<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  }
}

/** True when the work was done, false when something is there already. */
export async function unlessExists(work: Promise<void>): Promise<boolean> {
  try {
    await work;
    return true;
  } catch (error) {
    if (isErrno(error, 'EEXIST')) return false;
    throw error;
  }
}

function ioFailure(error: unknown, verb: string, path: string): unknown {
  const errno = errnoOf(error);
  if (errno === undefined || !(error instanceof Error) || error instanceof Failure) return error;
  const file = plainPath(path);
  const facts = { path: file, errno };
  if (errno === 'ENOSPC' || errno === 'EDQUOT') {
    const hint =
      'Free some space: "galley cache gc --older-than 0d" removes what no project wants, "galley cache clean" what projects can make again';
    return new Failure('NO_SPACE', `Cannot ${verb} "${file}": ${describe(error)}`, { facts, cause: error, hint });
  }
  if (errno === 'ENAMETOOLONG') {
    const hint = 'Use shorter names, or fewer directories inside one another';
    return new Failure('FILE_NAME_INVALID', `Cannot ${verb} "${shorten(file)}": ${describe(error)}`, {
      facts,
      cause: error,
      hint,
    });
  }
  const transient = TRANSIENT.has(errno);
  return new Failure('IO_ERROR', `Cannot ${verb} "${file}": ${describe(error)}`, { facts, cause: error, transient });
}

/** Errors of native modules have a name and no number. */
function describe(error: NodeJS.ErrnoException): string {
  const { errno, code } = error;
  const isKnown = errno !== undefined && !code?.startsWith('Unknown');
  return isKnown ? getSystemErrorMessage(errno) : nameOf(error);
}

/** Of a path that is too long, as much as tells which one it is. */
function shorten(file: string): string {
  const short = file.replace(/([^/]{40})[^/]{40,}/g, '$1…');
  return short.length > 300 ? `${short.slice(0, 300)}…` : short;
}

/** The path a person knows: what is reached through a directory handle has a path that is gone with the handle. */
export function plainPath(path: string): string {
  const [, link, rest = ''] = /^(\/proc\/self\/fd\/\d+)(\/.*)?$/.exec(path) ?? [];
  if (link === undefined) return path;
  try {
    return readlinkSync(link) + rest;
  } catch {
    return path;
  }
}
