// The text of a `.netrc`, read as curl reads it: which user and password a machine gets. Knows no file and no request.

export interface NetrcEntry {
  /** Lower case; undefined: `default`. */
  machine: string | undefined;
  login?: string;
  password?: string;
}

/** Words that name the word after them. */
const FIELDS = new Set(['login', 'password', 'account']);

export function parseNetrc(text: string): NetrcEntry[] {
  const entries: NetrcEntry[] = [];
  const words = wordsOf(text);
  for (let word = words.next().value; word !== undefined; word = words.next().value) {
    const last = entries.at(-1);
    if (word === 'machine') entries.push({ machine: `${words.next().value ?? ''}`.toLowerCase() });
    else if (word === 'default') entries.push({ machine: undefined });
    else if (FIELDS.has(word)) {
      const value = words.next().value;
      if (last !== undefined && value !== undefined && word !== 'account') Object.assign(last, { [word]: value });
    }
  }
  return entries;
}

/** The first entry that fits counts. `login`: the user that the address names, whose entry is the only one that fits. */
export function findEntry(
  entries: readonly NetrcEntry[],
  { host, login }: { host: string; login?: string | undefined },
): NetrcEntry | undefined {
  return entries.find(
    (entry) =>
      (entry.machine === undefined || entry.machine === host.toLowerCase()) &&
      (login === undefined || entry.login === undefined || entry.login === login),
  );
}

/** Words without comments and macros: a macro goes from `macdef` to the next empty line. */
function* wordsOf(text: string): Generator<string, undefined> {
  let inMacro = false;
  for (const line of text.split(/\r?\n/)) {
    if (inMacro) {
      inMacro = line.trim() !== '';
      continue;
    }
    for (const [, quoted, plain = ''] of line.matchAll(/\s*(?:"((?:[^"\\]|\\.)*)"|(\S+))/g)) {
      if (quoted === undefined && plain.startsWith('#')) break;
      if (quoted === undefined && plain === 'macdef') {
        inMacro = true;
        break;
      }
      yield quoted === undefined ? plain : unescaped(quoted);
    }
  }
  return undefined;
}

const ESCAPES: Record<string, string> = { n: '\n', r: '\r', t: '\t' };

function unescaped(text: string): string {
  return text.replace(/\\(.)/g, (_, letter: string) => ESCAPES[letter] ?? letter);
}
