// What to say when a person's query means no package.
import { Failure } from './failure.ts';
import { parseIdentity } from './identity.ts';
import { findNearest } from './suggest.ts';

/** @param identities of all packages that could have been meant */
export function unknownQuery(query: string, identities: readonly string[]): Failure {
  const names = identities.flatMap((identity) => [parseIdentity(identity)?.name ?? identity, identity]);
  const nearest = findNearest(query, names);
  return new Failure('QUERY_UNKNOWN', `No package of this project matches "${query}"`, {
    hint: nearest ? `Did you mean "${nearest}"?` : 'Run galley graph to see all packages of the project',
  });
}
