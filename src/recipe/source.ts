// Where a recipe itself, or a bundle of them, comes from: a path, a URL, or a function with the packages it needs first.
import { dirname, resolve } from 'node:path';
import type { Dependency, Source } from '../model/dependency.ts';
import { formatGitUrl, isGitUrl } from '../model/git.ts';
import type { FunctionRef } from '../model/verb.ts';
import { isUrl } from './address.ts';
import type { Cursor } from './cursor.ts';
import { insidePath, sha256 } from './name.ts';
import { callable, either, type Shape, table, text } from './shape.ts';

/** Fields that say which bytes of a source are meant. */
const PINS = { sha256, ref: text, subdir: insidePath };

/** Every field that belongs to a source; a table refuses them all where it has no source. */
export const SOURCE_FIELDS = ['source', 'bundle', ...Object.keys(PINS)];

/** The fields `source`, `sha256`, `ref` and `subdir` of a table; `readSource` makes one value of them. */
export function sourceFields(dependencies: Shape<Dependency[]>) {
  const made = table({
    required: { fetch: callable },
    optional: { dependencies },
    expected: 'a table { fetch, dependencies }',
  });
  const address: Shape<string> = { ...text, expected: 'a path, a URL' };
  return { source: either(address, made), ...PINS };
}

interface Fields {
  source?: string | { fetch: FunctionRef; dependencies?: Dependency[] };
  sha256?: string;
  ref?: string;
  subdir?: string;
}

/** The source that a table names, undefined when it names none. Reports pins that do not go with it. */
export function readSource(fields: Fields, at: Cursor): Source | undefined {
  const { source, sha256, ref, subdir } = fields;
  const pins = {
    ...(sha256 !== undefined && { sha256 }),
    ...(ref !== undefined && { ref }),
    ...(subdir !== undefined && { subdir }),
  };
  const allow = (names: readonly string[], what: string): void => {
    const others = Object.keys(pins).filter((name) => !names.includes(name));
    for (const name of others) at.enter(name).misplaced(`does not go with ${what}`);
  };
  if (source === undefined) {
    allow([], 'an entry without a "source"');
    return undefined;
  }
  if (typeof source !== 'string') {
    allow([], 'a "source" that is a function');
    return { form: 'function', fetch: source.fetch, dependencies: source.dependencies ?? [] };
  }
  if (isUrl(source)) {
    if (isGitUrl(source)) {
      return { form: 'url', url: formatGitUrl(source, { ref, subdir }), ...(sha256 !== undefined && { sha256 }) };
    }
    allow(['sha256', 'subdir'], 'a "source" that is no git repository');
    return { form: 'url', url: source, ...pins };
  }
  allow(['sha256'], 'a "source" that is a path');
  return { form: 'path', path: resolve(dirname(at.origin.file), source), ...(sha256 !== undefined && { sha256 }) };
}
