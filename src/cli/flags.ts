// Reading what flags of a command say, where commander only knows that there is a value.
import { Failure } from '../model/failure.ts';
import { formatSuggestion } from '../model/suggest.ts';
import type { Options } from './answer.ts';

type Flags = Options['flags'];

export function flagText(flags: Flags, name: string): string | undefined {
  const value = flags[name];
  return value === true ? undefined : value;
}

/**
 * One of a few words, the first of which is meant when nothing is said.
 *
 * @throws Failure USAGE
 */
export function oneOf<Word extends string>(words: readonly [Word, ...Word[]], flags: Flags, name: string): Word {
  const given = flagText(flags, name) ?? words[0];
  const found = words.find((word) => word === given);
  if (found !== undefined) return found;
  throw new Failure('USAGE', `Unknown --${name} "${given}": ${formatSuggestion(given, words)}`);
}
