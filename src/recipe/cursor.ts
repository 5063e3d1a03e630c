// Where a reader stands inside the exports of a module, and where it reports what is wrong there. Owns the wording that
// all problems of values share; knows nothing of manifests and recipes.
import type { Code } from '../model/codes.ts';
import type { Diagnostic, Parsed, ValuePath } from '../model/diagnostic.ts';
import type { Json } from '../model/json.ts';
import { shorten } from '../model/shorten.ts';
import { formatSuggestion } from '../model/suggest.ts';
import { describe } from './kind.ts';

/** What is read: the exports of a module, or a value that came out of a call. */
export interface Origin {
  /** Absolute path of the module. */
  file: string;
  /** Of a value that came out of a call; absent for the exports themselves. */
  call?: {
    /** The function's path in the exports: the text has no place nearer to the value. */
    path: ValuePath;
    /** The value as messages name it: `Answer of fetch()`. */
    subject: string;
  };
}

/** Nobody reads more about one file; what else is wrong is told when these are mended. */
const MOST_PROBLEMS = 100;

/** So much of a name that an author chose is told. */
const LONGEST_NAME = 128;

interface Detail {
  code?: Code;
  /** Point at the field's name rather than at its value. */
  atKey?: boolean;
  hint?: string;
}

export class Cursor {
  readonly origin: Origin;
  readonly path: ValuePath;
  readonly #problems: Diagnostic[];

  constructor(origin: Origin, path: ValuePath = origin.call?.path ?? [], problems: Diagnostic[] = []) {
    this.origin = origin;
    this.path = path;
    this.#problems = problems;
  }

  /** The same walk, one step further in. Problems of both end up in one list. */
  enter(step: string | number): Cursor {
    return new Cursor(this.origin, [...this.path, step], this.#problems);
  }

  /** `Export "fetch"`, `Field "needed_by"`, `Field "depends[1]"`, `Answer of dependencies()`. */
  get subject(): string {
    const { call } = this.origin;
    if (call?.path.length === this.path.length) return call.subject;
    const named = this.path.findLastIndex((step) => typeof step === 'string');
    const [name = '', ...indexes] = this.path.slice(named);
    const noun = named > 0 || call ? 'Field' : 'Export';
    return `${noun} "${shorten(`${name}`, LONGEST_NAME)}${indexes.map((index) => `[${index}]`).join('')}"`;
  }

  /** Reports a problem of the value here. Answers undefined, what a reader answers that refuses. */
  refuse(message: string, { code = 'INVALID_VALUE', ...detail }: Detail = {}): undefined {
    if (this.#problems.length >= MOST_PROBLEMS) return undefined;
    const { file, call } = this.origin;
    const isNamed = call === undefined || message.startsWith(call.subject);
    const notes = isNamed ? {} : { notes: [`in the ${lowerFirst(call.subject)}`] };
    this.#problems.push({ code, message, file, path: this.path, ...detail, ...notes });
  }

  /** Reports that the value here is something else than expected. */
  mismatch(value: Json, expected: string, detail: Detail = {}): undefined {
    this.refuse(`${this.subject} is ${describe(value)}, expected ${expected}`, detail);
  }

  /** Reports a required field that the table here does not have. */
  missing(name: string, expected: string): undefined {
    this.refuse(`${this.enter(name).subject} is missing, expected ${expected}`, { code: 'MISSING_VALUE' });
  }

  /** Reports a field of the table here that nobody knows. */
  unknown(name: string, known: string[]): undefined {
    if (this.#problems.length >= MOST_PROBLEMS) return undefined;
    const field = this.enter(name);
    const message = `Unknown ${lowerFirst(field.subject)}; ${formatSuggestion(name, known)}`;
    field.refuse(message, { code: 'UNKNOWN_FIELD', atKey: true });
  }

  /** Reports that a field is known, and why it may not stand here: `is only for a recipe with "check"`. */
  misplaced(reason: string): undefined {
    this.refuse(`${this.subject} ${reason}`, { atKey: true });
  }

  /** The value that was read here, or every problem that was reported on the way. */
  conclude<T>(value: T | undefined): Parsed<T> {
    const [first, ...rest] = this.#problems;
    if (first !== undefined) return { problems: [first, ...rest] };
    // A reader that answers nothing has said why, or it is a bug of ours.
    if (value === undefined) throw new Error(`a reader of ${this.origin.file} refused a value without a reason`);
    return { value, problems: [] };
  }
}

function lowerFirst(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1);
}
