// Directories that Galley looks after and in which nothing is placed: what it finds there it may remove, and what it has
// published there is not to change.
import { Failure } from '../../model/failure.ts';
import { isBelow } from '../source.ts';

/**
 * @param real where the directory really is, which is what counts
 * @throws Failure INVALID_VALUE
 */
export function keepOutOf(own: readonly string[], dir: string, real: string): void {
  const owner = own.find((kept) => kept === real || isBelow(kept, real));
  if (owner === undefined) return;
  const message = `Cannot place anything in "${dir}": it is in "${owner}", which Galley looks after`;
  const hint = 'Choose a directory outside of the cache and of .galley';
  throw new Failure('INVALID_VALUE', message, { hint, facts: { path: dir } });
}
