// One line of galley.lock: its text, and what may stand in it. A lock file comes with a pull request like any other file,
// so nothing in it is believed. Written out because the file is read by every run, and loading a schema library takes
// longer than all the rest of a run that has nothing to do.
import type { ValuePath } from '../model/diagnostic.ts';
import { parseSha256 } from '../model/digest.ts';
import { commitOf } from '../model/git.ts';
import { isJsonObject, type Json, type JsonObject } from '../model/json.ts';
import { type LockRecord, SOURCE_KINDS } from '../model/lock-file.ts';
import { isLastingAddress, isSize } from '../model/pin.ts';
import { PLATFORM_PATTERNS } from '../model/platform.ts';

/** What a field has to be, and how that is said. */
interface Rule {
  accepts(value: Json): boolean;
  meaning: string;
  /** The same for editors, as JSON Schema: as much of it as can be said there. */
  schema: JsonObject;
}

const text: Rule = {
  accepts: (value) => typeof value === 'string' && value !== '',
  meaning: 'a text',
  schema: { type: 'string', minLength: 1 },
};
const sha256: Rule = {
  accepts: (value) => typeof value === 'string' && parseSha256(value) === value,
  meaning: 'a sha256 of 64 lower-case hexadecimal digits',
  schema: { type: 'string', pattern: '^[0-9a-f]{64}$' },
};
const PLATFORMS = PLATFORM_PATTERNS.filter((pattern) => pattern.includes('-'));
const platform: Rule = {
  accepts: (value) => typeof value === 'string' && PLATFORMS.includes(value),
  meaning: 'a platform such as "linux-x86_64"',
  schema: { enum: PLATFORMS },
};
const url: Rule = {
  accepts: (value) => typeof value === 'string' && isLastingAddress(value),
  meaning: 'an address of the web or of a commit, without credentials',
  schema: { type: 'string', pattern: '^[A-Za-z][A-Za-z0-9+.-]*:' },
};
const texts: Rule = {
  accepts: (value) => Array.isArray(value) && value.every((item) => typeof item === 'string'),
  meaning: 'a list of texts',
  schema: { type: 'array', items: { type: 'string' } },
};

const size: Rule = {
  accepts: isSize,
  meaning: 'a size in bytes',
  schema: { type: 'integer', minimum: 0 },
};

const COMMON = { package: text, kind: text };

/** The fields of each kind, in the order in which they are written: what a record is about comes first. */
const SOURCE = {
  required: { ...COMMON, source: text, platform },
  optional: { url, sha256, size },
};
/** By kind. */
export const RECORD_RULES: Record<
  LockRecord['kind'],
  { required: Record<string, Rule>; optional: Record<string, Rule> }
> = {
  ...{ recipe: SOURCE, bundle: SOURCE, file: SOURCE },
  function: { required: { ...COMMON, platform, recipe: sha256, sources: texts }, optional: {} },
  weak: { required: { ...COMMON, query: text, platform, choice: text }, optional: {} },
};

/** On one line, with a blank where a reader wants one. */
export function encodeRecord(record: LockRecord): string {
  const { required, optional } = RECORD_RULES[record.kind];
  const value = record as unknown as JsonObject;
  const names = Object.keys({ ...required, ...optional }).filter((name) => value[name] !== undefined);
  return `{ ${names.map((name) => `${JSON.stringify(name)}: ${JSON.stringify(value[name])}`).join(', ')} }`;
}

/** Every reason why a value is no record. */
export function recordProblems(value: Json): { path: ValuePath; message: string }[] {
  if (!isJsonObject(value)) return [{ path: [], message: `${shown(value)} is not a record` }];
  const { kind } = value;
  const rules =
    typeof kind === 'string' && Object.hasOwn(RECORD_RULES, kind)
      ? RECORD_RULES[kind as LockRecord['kind']]
      : undefined;
  if (rules === undefined) {
    return [{ path: ['kind'], message: `kind ${shown(kind)} is not one of ${Object.keys(RECORD_RULES).join(', ')}` }];
  }
  const known: Record<string, Rule> = { ...rules.required, ...rules.optional };
  const missing = Object.keys(rules.required).filter((name) => !Object.hasOwn(value, name));
  return [
    ...missing.map((name) => ({ path: [], message: `the record has no "${name}"` })),
    ...Object.entries(value).flatMap(([name, member]) => {
      const rule = Object.hasOwn(known, name) ? known[name] : undefined;
      // A newer galley put it there, and writing the file back would lose it.
      if (rule === undefined) return [{ path: [name], message: `field "${name}" is not known to this galley` }];
      return rule.accepts(member) ? [] : [{ path: [name], message: `field "${name}" is not ${rule.meaning}` }];
    }),
    ...(isSourceKind(kind) && !pinsBytes(value) ? [{ path: [], message: 'the record has no "sha256"' }] : []),
  ];
}

/** What is nested may be so deep that writing it down ends nowhere. */
function shown(value: Json | undefined): string {
  return typeof value === 'object' && value !== null
    ? Array.isArray(value)
      ? 'a list'
      : 'a table'
    : JSON.stringify(value);
}

function isSourceKind(kind: Json | undefined): boolean {
  return (SOURCE_KINDS as readonly (Json | undefined)[]).includes(kind);
}

/** A commit in the address, or in the source itself, says which bytes are meant. */
function pinsBytes({ sha256, source, url }: JsonObject): boolean {
  return sha256 !== undefined || commitOf(`${url ?? source}`) !== undefined;
}
