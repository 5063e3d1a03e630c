// What went wrong as flat data, for events, answers and the exit status. Knows no file: places are found elsewhere.
import type { FailureFacts } from './event.ts';
import { Failure } from './failure.ts';
import type { Location } from './location.ts';
import { Problems } from './problems.ts';
import { shorten } from './shorten.ts';

/** A failure or a diagnostic. */
type Source = Pick<FailureFacts, 'code' | 'message'> & {
  hint?: string | undefined;
  location?: Location | undefined;
  notes?: readonly string[] | undefined;
  facts?: FailureFacts['facts'];
};

/** Every problem that an error stands for; whatever is not known to happen is our bug. */
export function describeError(error: unknown): [FailureFacts, ...FailureFacts[]] {
  if (error instanceof Failure) return [factsOf(error)];
  if (error instanceof Problems) return error.diagnostics.map(factsOf) as [FailureFacts, ...FailureFacts[]];
  // What went wrong while something was put away: the first failure is what people want to know.
  if (error instanceof SuppressedError) return describeError(error.suppressed);
  return [refusalOf(error) ?? bugOf(error)];
}

/** Names and values of authors stand in messages, and may have any length; a list of all problems of a graph has its place. */
const LONGEST_MESSAGE = 16 * 1024;

export function factsOf({ code, message, hint, location, notes, facts = {} }: Source): FailureFacts {
  return {
    code,
    message: shorten(message, LONGEST_MESSAGE),
    ...(hint === undefined ? {} : { hint: shorten(hint, LONGEST_MESSAGE) }),
    ...(location === undefined ? {} : { location }),
    ...(notes === undefined ? {} : { notes: [...notes] }),
    ...(Object.keys(facts).length === 0 ? {} : { facts: boundFacts(facts) }),
  };
}

/** Of a long output, its end: events are kept and sent around, and the log has all of it. */
const MOST_CHARACTERS = 16 * 1024;

export function boundFacts(facts: NonNullable<FailureFacts['facts']>): NonNullable<FailureFacts['facts']> {
  const isLong = (value: unknown) => typeof value === 'string' && value.length > MOST_CHARACTERS;
  if (!Object.values(facts).some(isLong)) return facts;
  const entries = Object.entries(facts);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, isLong(value) ? `…${String(value).slice(-MOST_CHARACTERS)}` : value]),
  );
}

/**
 * What a machine that is worn out refuses to everybody, whatever is asked for: also where no file of ours is meant, as
 * when Node loads a part of the program itself. Of any other refusal it matters what was asked, and who asked knows it.
 */
const WORN_OUT = new Set(['EMFILE', 'ENFILE', 'ENOMEM', 'EIO', 'ENOSPC', 'EDQUOT', 'EROFS']);

function refusalOf(error: unknown): FailureFacts | undefined {
  const errno = errnoIn(error);
  if (errno === undefined || !WORN_OUT.has(errno)) return undefined;
  const code = errno === 'ENOSPC' || errno === 'EDQUOT' ? 'NO_SPACE' : 'IO_ERROR';
  return { code, message: `Cannot go on: ${(error as Error).message}`, facts: { errno } };
}

function errnoIn(error: unknown): string | undefined {
  // When Node looks for a part of the program, its own words are all there is.
  if (error instanceof Error && /^Cannot read package config .*: too many open files\.?$/.test(error.message))
    return 'EMFILE';
  if (!(error instanceof Error && 'code' in error)) return undefined;
  // A thread that cannot be started has the system's word in its message only.
  if (error.code === 'ERR_WORKER_INIT_FAILED') return /: (E[A-Z]+)$/.exec(error.message)?.[1];
  return 'syscall' in error ? String(error.code) : undefined;
}

function bugOf(error: unknown): FailureFacts {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return {
    code: 'INTERNAL',
    message: `Galley itself is wrong: ${stack}`,
    hint: 'Report this text to the people who make galley, with the file that --trace writes if it happens again',
  };
}
