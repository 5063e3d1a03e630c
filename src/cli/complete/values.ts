// What can stand in a place of a command line, by the name that the place has in the tables.
import { parseIdentity } from '../../model/identity.ts';
import { PLATFORM_PATTERNS } from '../../model/platform.ts';
import type { ProjectNames } from './project.ts';

export interface Candidate {
  value: string;
  /** One line, or nothing. */
  meaning: string;
}

/** What the shell adds of its own. */
export type Addition = 'nothing' | 'files' | 'directories' | 'commands';

export interface Completions {
  candidates: Candidate[];
  addition: Addition;
}

export const NOTHING: Completions = { candidates: [], addition: 'nothing' };

const ADDITIONS: Readonly<Record<string, Addition>> = {
  ...{ file: 'files', path: 'files', archive: 'files', trace: 'files', source: 'files', dest: 'files', args: 'files' },
  ...{ place: 'files', from: 'files', key: 'files' },
  ...{ dir: 'directories', depot: 'directories', to: 'directories', places: 'directories' },
  command: 'commands',
};

const PLATFORMS = PLATFORM_PATTERNS.filter((pattern) => pattern.includes('-'));

/**
 * @param place name of an argument or of a value: `query`, `file`, `text|dot`
 * @param word what has been typed of it
 */
export function valuesOf(place: string, word: string, project: () => ProjectNames): Completions {
  if (place.includes('|')) return among(place.split('|'), word);
  if (place.includes(',')) return inList(place.split(','), word);
  switch (place) {
    case 'query':
      return { candidates: packagesLike(word, project().packages), addition: 'nothing' };
    case 'product':
      return among(project().products, word);
    case 'command':
      return { ...among(project().products, word), addition: 'commands' };
    case 'platform':
      return among(PLATFORMS, word);
    case 'platforms':
      return inList([...PLATFORMS, 'all'], word);
    default:
      return { candidates: [], addition: ADDITIONS[place] ?? 'nothing' };
  }
}

export function among(values: readonly string[], word: string): Completions {
  const candidates = values.filter((value) => value.startsWith(word)).map((value) => ({ value, meaning: '' }));
  return { candidates, addition: 'nothing' };
}

/** Commas between, each value once. */
function inList(values: readonly string[], word: string): Completions {
  const before = word.slice(0, word.lastIndexOf(',') + 1);
  const used = before.split(',');
  return among(
    values.filter((value) => !used.includes(value)).map((value) => `${before}${value}`),
    word,
  );
}

/** By the shortest name that only one has; whoever types more is shown more. */
function packagesLike(word: string, identities: readonly string[]): Candidate[] {
  const forms = identities.flatMap((identity) => {
    const parts = parseIdentity(identity);
    return parts ? [{ identity, names: [parts.name, `${parts.namespace}.${parts.name}`, identity] }] : [];
  });
  const owners = Map.groupBy(
    forms.flatMap(({ identity, names }) => names.map((name) => ({ name, identity }))),
    ({ name }) => name,
  );
  const isClear = (name: string) => owners.get(name)?.length === 1;
  // A short name with a dot would be read as one with its namespace.
  const isShort = (name: string, index: number) => index > 0 || !name.includes('.');
  return forms.flatMap(({ identity, names }) => {
    const value = names.find((name, index) => name.startsWith(word) && isClear(name) && isShort(name, index));
    return value === undefined ? [] : [{ value, meaning: value === identity ? '' : identity }];
  });
}
