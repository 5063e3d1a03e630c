// The one error class of things that go wrong at run time. A plain `Error` that reaches `main` is a bug of ours.
import type { Code } from './codes.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { Location } from './location.ts';

export interface FailureDetail {
  /** An action the reader can take, a sentence without a full stop. */
  hint?: string;
  /** Identity of the package that failed, where one is known. */
  package?: string;
  /** Place in the author's own source. */
  location?: Location;
  /** The value that it is about: its place is found when the failure is told. */
  about?: Pick<Diagnostic, 'file' | 'path' | 'atKey' | 'also'>;
  /** What else there is to know, each with its own place where it has one. */
  notes?: readonly string[];
  /** Trying again may help: only these are retried. */
  transient?: boolean;
  /** Facts for scripts: expected and actual digests, exit status, paths, last lines of output. Plain JSON. */
  facts?: Record<string, string | number | boolean | string[]>;
  cause?: unknown;
}

/**
 * Something could not be done, and the reader can act on it.
 *
 * The message says what could not be done, to what: sentence case, no full stop, values in double quotes.
 */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly code: Code;
  readonly hint: string | undefined;
  readonly package: string | undefined;
  readonly location: Location | undefined;
  readonly about: FailureDetail['about'] | undefined;
  readonly notes: readonly string[] | undefined;
  readonly transient: boolean;
  readonly facts: Record<string, string | number | boolean | string[]>;

  constructor(code: Code, message: string, detail: FailureDetail = {}) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.code = code;
    this.hint = detail.hint;
    this.package = detail.package;
    this.location = detail.location;
    this.about = detail.about;
    this.notes = detail.notes;
    this.transient = detail.transient ?? false;
    this.facts = detail.facts ?? {};
  }

  /** The same failure with its place, or with what its place is found by. */
  at(place: Location | Pick<FailureDetail, 'location' | 'about' | 'notes'>): Failure {
    const { code, message, hint, notes, transient, facts, cause } = this;
    const owner = this.package === undefined ? {} : { package: this.package };
    return new Failure(code, message, {
      ...owner,
      ...(notes && { notes }),
      ...('line' in place ? { location: place } : place),
      transient,
      facts,
      cause,
      ...(hint === undefined ? {} : { hint }),
    });
  }
}

/** True for a `Failure` with this code. */
export function isFailure(error: unknown, code?: Code): error is Failure {
  return error instanceof Failure && (code === undefined || error.code === code);
}
