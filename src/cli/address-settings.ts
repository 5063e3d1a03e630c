// The settings that are tables of addresses: `mirrors` and `tokens`. They are in files only, as nobody writes a table on
// a command line.
import { Failure } from '../model/failure.ts';
import { isJsonObject, type Json, type JsonObject } from '../model/json.ts';
import type { Mirror } from '../model/mirror.ts';
import { parsePrefix } from '../model/prefix.ts';
import { redactUrl } from '../model/redact.ts';
import type { TokenRule } from '../model/token.ts';
import type { SettingsFile } from './settings.ts';

/** Ends the list of a mirror behind which nobody is asked. */
const CLOSED = 'off';

export const ADDRESS_SETTINGS = {
  mirrors: {
    example: '{ "https://github.com/": ["https://mirror.acme.test/github/"] }',
    meaning:
      'Other places for what lies below an address, asked in their order and then the address itself, unless the list ends with "off"',
    files: 'project and user',
  },
  tokens: {
    example: '{ "https://files.acme.test/": "ACME_TOKEN" }',
    meaning: 'The variable with the bearer token for the servers below an address',
    files: 'user',
  },
} as const;

/** In the order of their strength. */
export interface AddressSources {
  project?: SettingsFile | undefined;
  user?: SettingsFile | undefined;
}

/** A prefix that both files have is the project's first, and then the user's. @throws Failure SETTING_INVALID */
export function readMirrors({ project, user }: AddressSources): Mirror[] {
  const found = new Map<string, Mirror>();
  for (const file of [project, user].filter((one) => one !== undefined)) {
    for (const [prefix, value] of entriesOf(file, 'mirrors')) {
      const mirror = readMirror(prefix, value, file);
      const { places, opensUpstream } = found.get(mirror.prefix) ?? { places: [], opensUpstream: true };
      const both = { places: [...places, ...mirror.places], opensUpstream: opensUpstream && mirror.opensUpstream };
      found.set(mirror.prefix, { prefix: mirror.prefix, ...both });
    }
  }
  return [...found.values()];
}

/** @throws Failure SETTING_INVALID */
export function readTokens({ project, user }: AddressSources): TokenRule[] {
  if (project !== undefined && Object.hasOwn(project.values, 'tokens')) {
    // A repository must not say that its server gets a secret of the person who works in it.
    throw new Failure('SETTING_INVALID', `Setting "tokens" is in ${project.file}, where a repository decides`, {
      hint: 'Move it into your own settings file: $XDG_CONFIG_HOME/galley/config.json, or ~/.config/galley/config.json',
    });
  }
  if (user === undefined) return [];
  return entriesOf(user, 'tokens').map(([text, variable]) => {
    const prefix = parsePrefix(text);
    if (prefix === undefined || isSchemeAlone(prefix))
      throw invalid(user, `tokens.${text}`, 'an address with a host as its name');
    if (typeof variable === 'string' && /^[A-Za-z_]\w*$/.test(variable)) return { prefix, variable };
    throw invalid(user, `tokens.${text}`, 'the name of a variable, not the token itself');
  });
}

function readMirror(text: string, value: Json, file: SettingsFile): Mirror {
  const name = `mirrors.${text}`;
  const prefix = parsePrefix(text);
  if (prefix === undefined) throw invalid(file, name, 'an http or https address as its name');
  const words = Array.isArray(value) ? value : [value];
  const opensUpstream = words.at(-1) !== CLOSED;
  const places = (opensUpstream ? words : words.slice(0, -1)).map((word) => {
    const place = typeof word === 'string' ? parsePrefix(word) : undefined;
    if (place !== undefined && !isSchemeAlone(place)) return place;
    throw invalid(
      file,
      name,
      `http or https addresses, and "${CLOSED}" at the end where the address itself is not to be asked`,
    );
  });
  if (places.length === 0) throw invalid(file, name, 'at least one http or https address');
  return { prefix, places, opensUpstream };
}

const isSchemeAlone = (prefix: string): boolean => /^https?:\/$/.test(prefix);

function entriesOf(file: SettingsFile, name: keyof typeof ADDRESS_SETTINGS): [string, Json][] {
  const table: Json | undefined = Object.hasOwn(file.values, name) ? file.values[name] : undefined;
  if (table === undefined) return [];
  if (!isJsonObject(table)) throw invalid(file, name, `a table such as ${ADDRESS_SETTINGS[name].example}`);
  return Object.entries(table satisfies JsonObject);
}

/** What was found is not repeated: it may be a token that somebody put in the place of its name. */
function invalid({ file }: SettingsFile, name: string, expected: string): Failure {
  return new Failure('SETTING_INVALID', `Cannot use setting "${redactUrl(name)}" in ${file}: expected ${expected}`);
}
