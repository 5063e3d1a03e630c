// In what two keys of one package differ. Knows the parts of a key, and nothing of how they came about.
import { canonicalJson, isJsonObject, type Json } from './json.ts';
import type { KeyParts } from './key.ts';

/** A part of a key, in the order in which it is told: what a person changed comes before what follows from it. */
export const CHANGED_PARTS = [
  'recipe', // a file of it
  'option',
  'source', // what is fetched, or its sha256 or commit
  'env', // a declared input of the environment: its digest only, as the value may be a secret
  'shell', // the default shell, where a string verb uses it
  'platform',
  'dependency', // it has another key
  'driving', // how galley drives build systems
  'schema', // all parts are the same, and yet the key is another: galley makes keys in another way now
] as const;

/** One part that is not as it was. */
export interface KeyChange {
  part: (typeof CHANGED_PARTS)[number];
  /** Which of them: a path, an option, a source, a variable, a dependency. */
  name?: string;
  /** Absent: there was none. */
  before?: Json;
  /** Absent: there is none any more. */
  after?: Json;
}

/** Parts as a marker holds them: of any age, from anybody. */
export type RecordedParts = { [Part in keyof KeyParts]?: Json | undefined };

/** All differences, the most telling first; none when the parts are the same. */
export function compareKeys(before: RecordedParts, after: RecordedParts): KeyChange[] {
  const changes = [
    ...compareMaps('recipe', before.recipe, after.recipe),
    ...compareMaps('option', before.options, after.options),
    ...compareMaps('source', mapOf(before.sources), mapOf(after.sources)),
    ...compareMaps('env', before.env, after.env),
    ...compareValues('shell', before.shell, after.shell),
    ...compareValues('platform', before.platform, after.platform),
    ...compareMaps('dependency', before.dependencies, after.dependencies),
    ...compareValues('driving', before.driving, after.driving),
  ];
  return changes;
}

function compareMaps(part: KeyChange['part'], before: Json | undefined, after: Json | undefined): KeyChange[] {
  const [old, now] = [before, after].map((value) =>
    isJsonObject(value ?? null) ? (value as { [name: string]: Json }) : {},
  );
  const names = [...new Set([...Object.keys(old ?? {}), ...Object.keys(now ?? {})])].sort();
  return names.flatMap((name) => compareValues(part, old?.[name], now?.[name]).map((change) => ({ ...change, name })));
}

function compareValues(part: KeyChange['part'], before: Json | undefined, after: Json | undefined): KeyChange[] {
  if (before === undefined && after === undefined) return [];
  if (before !== undefined && after !== undefined && canonicalJson(before) === canonicalJson(after)) return [];
  return [{ part, ...(before !== undefined && { before }), ...(after !== undefined && { after }) }];
}

/** `<source> <digest>`; one that is taken with several selections has all of their digests. */
function mapOf(sources: Json | undefined): Json {
  const lines = Array.isArray(sources) ? sources.filter((line) => typeof line === 'string') : [];
  const digests = Map.groupBy(lines, (line) => line.slice(0, line.lastIndexOf(' ')));
  return Object.fromEntries(
    [...digests].map(([name, own]) => [name, own.map((line) => line.slice(name.length + 1)).join(' ')]),
  );
}
