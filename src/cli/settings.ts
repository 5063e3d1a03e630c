// The value of every setting, and where it came from: flag > environment > project > user > default. The sources are
// handed in as plain values; nothing is read here.
import path from 'node:path';
import { Failure } from '../model/failure.ts';
import type { Json, JsonObject } from '../model/json.ts';
import { parsePublicKey } from '../model/public-key.ts';
import { redactUrl } from '../model/redact.ts';
import type { Settings } from '../model/settings.ts';
import { findNearest } from '../model/suggest.ts';
import { isUrl } from '../recipe/address.ts';
import { ADDRESS_SETTINGS, readMirrors, readTokens } from './address-settings.ts';
import {
  fieldOf,
  flagOf,
  SETTING_NAMES,
  SETTINGS,
  type SettingForm,
  type SettingName,
  variableOf,
} from './setting-table.ts';

/** A settings file that was found, with its content. */
export interface SettingsFile {
  /** Absolute. */
  file: string;
  values: JsonObject;
}

export interface SettingSources {
  /** What the command line says, by name: true, false, text, or one text for each time that a list was given. */
  flags: Partial<Record<SettingName, string | boolean | string[]>>;
  env: Readonly<Record<string, string | undefined>>;
  project?: SettingsFile | undefined;
  user?: SettingsFile | undefined;
  defaults: Settings;
  /** Flags and variables with relative paths mean this directory. */
  cwd: string;
}

/** Where a value came from, as people call it: `--jobs`, `GALLEY_JOBS`, `/home/a/p/galley.json`, `default`. */
export type Origins = Record<SettingName, string>;

export interface ResolvedSettings {
  settings: Settings;
  origins: Origins;
}

interface Given {
  value: Json;
  origin: string;
  baseDir: string;
}

/** @throws Failure SETTING_INVALID, naming the value, its origin and what was expected */
export function resolveSettings(sources: SettingSources): ResolvedSettings {
  const files = [sources.project, sources.user].filter((file) => file !== undefined);
  for (const file of files) refuseUnknown(file);
  const values: Partial<Record<SettingName, unknown>> = {};
  const origins = {} as Origins;
  for (const name of SETTING_NAMES) {
    const given = findGiven(name, sources, files);
    values[name] = given ? readValue(name, given) : sources.defaults[name];
    origins[name] = given?.origin ?? 'default';
  }
  const tables = { mirrors: readMirrors(sources), tokens: readTokens(sources) };
  const settings = { ...values, ...tables } as unknown as Settings;
  if (settings.quiet && settings.verbose) {
    throw new Failure('SETTING_INVALID', `Cannot be quiet (${origins.quiet}) and verbose (${origins.verbose}) at once`);
  }
  return { settings, origins };
}

function findGiven(name: SettingName, { flags, env, cwd }: SettingSources, files: SettingsFile[]): Given | undefined {
  const flag = flags[name];
  if (flag !== undefined)
    return { value: Array.isArray(flag) ? flag.flatMap(splitList) : flag, origin: `--${flagOf(name)}`, baseDir: cwd };
  const text = env[variableOf(name)];
  // An empty variable is how shells say "not set" for one command.
  if (text) return { value: text, origin: variableOf(name), baseDir: cwd };
  const field = fieldOf(name);
  const found = files.find(({ values }) => SETTINGS[name].inFiles && Object.hasOwn(values, field));
  return found && { value: found.values[field] as Json, origin: found.file, baseDir: path.dirname(found.file) };
}

function readValue(name: SettingName, { value, origin, baseDir }: Given): Value {
  const { form } = SETTINGS[name];
  const read = READERS[form.kind](value, form, baseDir);
  if (read !== undefined) return read;
  const problem = `Setting "${fieldOf(name)}" is ${redactUrl(JSON.stringify(value))} in ${origin}, expected ${expectationOf(form)}`;
  const isInFile = origin.endsWith('.json');
  throw new Failure('SETTING_INVALID', problem, isInFile ? { about: { file: origin, path: [fieldOf(name)] } } : {});
}

type Value = string | number | boolean | string[];
type Reader = (value: Json, form: SettingForm, baseDir: string) => Value | undefined;

/** Text from flags and variables, JSON from files; undefined when the value does not fit. */
const READERS: Record<SettingForm['kind'], Reader> = {
  path: (value, _, baseDir) => (typeof value === 'string' && value !== '' ? path.resolve(baseDir, value) : undefined),
  count: (value, form) => {
    const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
    return typeof number === 'number' && Number.isSafeInteger(number) && number >= leastOf(form) ? number : undefined;
  },
  seconds: (value) => {
    const number = typeof value === 'string' && /^\d+(\.\d+)?$/.test(value) ? Number(value) : value;
    return typeof number === 'number' && Number.isFinite(number) && number > 0 ? number : undefined;
  },
  switch: (value) =>
    typeof value === 'boolean' ? value : typeof value === 'string' ? SWITCH_WORDS[value.toLowerCase()] : undefined,
  choice: (value, form) =>
    form.kind === 'choice' && typeof value === 'string' && form.choices.includes(value) ? value : undefined,
  order: (value, form) => (form.kind === 'order' ? readOrder(value, form.choices) : undefined),
  list: (value, form, baseDir) => {
    const texts = splitList(value);
    if (form.kind !== 'list' || !Array.isArray(texts)) return undefined;
    const read = texts.map((text) =>
      typeof text === 'string' && text !== '' ? ITEMS[form.of](text, baseDir) : undefined,
    );
    return read.includes(undefined) ? undefined : (read as string[]);
  },
  uri: (value) => (typeof value === 'string' && /^[a-z][a-z0-9+.-]*:[!-~]+$/i.test(value) ? value : undefined),
};

function leastOf(form: SettingForm): number {
  return (form.kind === 'count' ? form.least : undefined) ?? 1;
}

/** Each name once, and at least one. */
function readOrder(value: Json, choices: readonly string[]): string[] | undefined {
  const names = typeof value === 'string' ? value.split(',').map((name) => name.trim()) : value;
  if (!Array.isArray(names) || names.length === 0 || new Set(names).size < names.length) return undefined;
  return names.every((name) => typeof name === 'string' && choices.includes(name)) ? (names as string[]) : undefined;
}

function splitList(value: Json): Json {
  return typeof value === 'string' ? value.split(',').map((text) => text.trim()) : value;
}

const ITEMS: Record<(SettingForm & { kind: 'list' })['of'], (text: string, baseDir: string) => string | undefined> = {
  place: (text, baseDir) => (isUrl(text) ? text : path.resolve(baseDir, text)),
  'public key': parsePublicKey,
  summary: (text, baseDir) => (/[^/]\.(json|xml)$/.test(text) ? path.resolve(baseDir, text) : undefined),
};

const SWITCH_WORDS: Record<string, boolean> = {
  1: true,
  true: true,
  yes: true,
  on: true,
  0: false,
  false: false,
  no: false,
  off: false,
};

const LISTED: Record<(SettingForm & { kind: 'list' })['of'], string> = {
  place: 'URLs and directories',
  'public key': 'public keys "ed25519:…"',
  summary: 'files whose names end in .json or .xml',
};

function expectationOf(form: SettingForm): string {
  switch (form.kind) {
    case 'path':
      return 'a path';
    case 'count':
      return `a whole number from ${leastOf(form)}`;
    case 'seconds':
      return 'a number of seconds above 0';
    case 'switch':
      return 'true or false';
    case 'choice':
      return `one of ${form.choices.join(', ')}`;
    case 'order':
      return `one or more of ${form.choices.join(', ')}, each once, with commas between them`;
    case 'uri':
      return 'an absolute URI';
    case 'list':
      return LISTED[form.of];
  }
}

/** Says to editors what the file may hold, and nothing to us. */
export const SCHEMA_FIELD = '$schema';

function refuseUnknown({ file, values }: SettingsFile): void {
  const fields = SETTING_NAMES.filter((name) => SETTINGS[name].inFiles).map(fieldOf);
  const known = [...fields, ...Object.keys(ADDRESS_SETTINGS)];
  const unknown = Object.keys(values).find((field) => !known.includes(field) && field !== SCHEMA_FIELD);
  if (unknown === undefined) return;
  const nearest = findNearest(unknown, known);
  const hint = nearest ? `Did you mean "${nearest}"?` : `Known settings are ${known.join(', ')}`;
  const about = { file, path: [unknown], atKey: true };
  throw new Failure('SETTING_INVALID', `Unknown setting "${unknown}" in ${file}`, { hint, about });
}
