// Problems of input are values: a file answers all of its problems at once, each with the path of the value that is
// wrong. The place in the text is found only when a problem is shown (recipe/locate).
import type { Code } from './codes.ts';
import type { Location } from './location.ts';

/** Names a value inside a module's exports: `['packages', 2, 'options']`. Empty: the module itself. */
export type ValuePath = readonly (string | number)[];

export interface Diagnostic {
  code: Code;
  /** What is wrong, found against expected; sentence case, no full stop. */
  message: string;
  /** Absolute path of the file the problem is in. */
  file: string;
  /** The value that is wrong. `key: true` in `at` finds the name of a field instead of its value. */
  path: ValuePath;
  /** Point at the field's name (unknown fields) rather than at its value. */
  atKey?: boolean;
  /** Known already for syntax errors and thrown errors; otherwise found when shown. */
  location?: Location;
  hint?: string;
  notes?: readonly string[];
  /** Another place that has to do with it; shown as a note that begins with the place. */
  also?: { file: string; path: ValuePath; note: string };
}

/** A value, or every reason why there is none. */
export type Parsed<T> = { value: T; problems: [] } | { value?: undefined; problems: [Diagnostic, ...Diagnostic[]] };
