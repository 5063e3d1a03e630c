// Path patterns of recipes, sources and flags. Patterns and names are foreign text, and are compared on the main thread:
// it takes at most the length of the pattern × the length of the path, whatever they are. No regular expression and no
// `path.matchesGlob`, which can take for ever, and which does not tell upper from lower case on a Mac.
import { Failure } from './failure.ts';
import { type CharSet, GlobError, type NamePattern, type PathPattern, readGlob } from './glob-text.ts';

/** A path pattern that was read: one for each way to choose among its alternatives. */
export type Glob = readonly PathPattern[];

/** Why a text is no pattern. */
export interface GlobProblem {
  /** Ends the sentence "expected …". */
  expected: string;
  hint: string;
}

const DOT = 0x2e;

export function findGlobProblem(text: string): GlobProblem | undefined {
  try {
    readGlob(text);
    return undefined;
  } catch (error) {
    if (!(error instanceof GlobError)) throw error;
    return { expected: error.message, hint: error.hint };
  }
}

/** @throws Failure INVALID_VALUE when a text is no pattern */
export function parseGlobs(texts: readonly string[]): Glob[] {
  return texts.map((text) => {
    const problem = findGlobProblem(text);
    if (problem === undefined) return readGlob(text);
    const { expected, hint } = problem;
    throw new Failure('INVALID_VALUE', `Cannot select by "${text}", expected ${expected}`, { hint });
  });
}

/** Whether a pattern fits the path, or a directory that it is in. Takes the names of the path, without `.` and `..`. */
export function covers(globs: readonly Glob[], names: readonly string[]): boolean {
  if (globs.length === 0) return false;
  const path = names.map((name) => Array.from(name, (char) => char.codePointAt(0) ?? 0));
  return globs.some((glob) => glob.some((pattern) => fitsPath(pattern, path)));
}

/** Keeps all places of the pattern that may come next, so that no name is compared twice with the same place. */
function fitsPath(pattern: PathPattern, path: readonly number[][]): boolean {
  let places = new Set<number>();
  const enter = (place: number) => {
    places.add(place);
    // It may stand for no directory at all.
    if (pattern[place] === '**') places.add(place + 1);
  };
  enter(0);
  for (const name of path) {
    const reached = places;
    places = new Set();
    for (const place of reached) {
      const wanted = pattern[place];
      if (wanted === '**') {
        if (name[0] !== DOT) enter(place);
      } else if (wanted !== undefined && fitsName(wanted, name)) enter(place + 1);
    }
    if (places.has(pattern.length)) return true;
  }
  return false;
}

/** Only the last `*` has to give more: what an earlier one could give, the later one can take. */
function fitsName(pattern: NamePattern, name: readonly number[]): boolean {
  // As in a shell, what begins with a dot is named with its dot.
  if (name[0] === DOT && !isDot(pattern[0])) return false;
  let [step, at] = [0, 0];
  let retry: { step: number; at: number } | undefined;
  while (at < name.length) {
    const wanted = pattern[step];
    if (wanted === '*') {
      step += 1;
      retry = { step, at };
    } else if (wanted !== undefined && has(wanted, name[at] as number)) {
      step += 1;
      at += 1;
    } else if (retry !== undefined) {
      retry.at += 1;
      ({ step, at } = retry);
    } else return false;
  }
  return pattern.slice(step).every((rest) => rest === '*');
}

function has({ ranges, isOthers }: CharSet, char: number): boolean {
  return ranges.some(([from, to]) => from <= char && char <= to) !== isOthers;
}

function isDot(step: NamePattern[number] | undefined): boolean {
  if (step === undefined || step === '*' || step.isOthers || step.ranges.length !== 1) return false;
  return step.ranges[0]?.every((end) => end === DOT) === true;
}
