// galley.lock as text: reads it with every problem placed, and writes it so that two branches which add packages merge
// without a conflict. What the records mean, and how they change, is model/pin.
import type { Diagnostic, Parsed, ValuePath } from '../model/diagnostic.ts';
import { parseSha256 } from '../model/digest.ts';
import { canonicalJson, isJsonObject, type Json, type JsonObject } from '../model/json.ts';
import type { Location } from '../model/location.ts';
import type { LockFile } from '../model/pin.ts';
import { findJsonOffset } from './json-offset.ts';

type Report = (path: ValuePath, message: string) => void;
/** Looks at a value and reports what is wrong with it. */
type Shape = (value: Json, path: ValuePath, report: Report) => void;

/** The lock file, or every reason why the text is none. `file` is its absolute path. */
export function parseLockFile(text: string, file: string): Parsed<LockFile> {
  const problem = (message: string, detail: Partial<Diagnostic>): Diagnostic => {
    return { code: 'LOCK_FILE_INVALID', message: `Cannot read galley.lock: ${message}`, file, path: [], ...detail };
  };
  // Before parsing: "unexpected token <" would be true and would help nobody.
  const marker = /^(?:<{7}|={7}|>{7})(?= |\r?$)/m.exec(text);
  if (marker !== null)
    return { problems: [problem('it has merge conflict markers', conflict(text, file, marker.index))] };

  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch (error) {
    return { problems: [problem('it is not valid JSON', syntax(text, file, error as SyntaxError))] };
  }
  const problems: Diagnostic[] = [];
  LOCK_FILE(value, [], (path, message) => {
    problems.push(problem(message, { path, location: locate(text, file, findJsonOffset(text, path)), hint: REMEDY }));
  });
  const [first, ...rest] = problems;
  return first === undefined ? { value: value as unknown as LockFile, problems: [] } : { problems: [first, ...rest] };
}

/** The text of a lock file: sorted, one record on a line, and a line feed at the end. */
export function formatLockFile(lock: LockFile): string {
  return `${format(lock as unknown as Json, '')}\n`;
}

/** Nobody writes this file by hand, so there is nothing to correct in it. */
const REMEDY = 'Restore galley.lock from version control, or remove it and run "galley sync" to pin every source anew';

function conflict(text: string, file: string, offset: number): Partial<Diagnostic> {
  const location = locate(text, file, offset);
  const hint = 'Take either side of the conflict and run "galley sync", which adds what is missing';
  return { location: { ...location, length: 7 }, hint };
}

/** V8 names the place in most messages; where it does not, the text ends too early or is hardly one line. */
function syntax(text: string, file: string, error: SyntaxError): Partial<Diagnostic> {
  const [, position] = /at position (\d+)/.exec(error.message) ?? [];
  const atEnd = /end of JSON/.test(error.message);
  const location = locate(text, file, position === undefined ? (atEnd ? text.length : 0) : Number(position));
  return { location, hint: REMEDY };
}

function locate(text: string, file: string, offset: number): Location {
  const before = text.slice(0, offset).split('\n');
  return { file, line: before.length, column: (before.at(-1) ?? '').length + 1 };
}

/** Lines are what merging compares: a member of an object has its own, and so has an item of a list, whole. */
function format(value: Json, indent: string): string {
  const inner = `${indent}  `;
  const lines = (open: string, items: string[], close: string): string =>
    items.length === 0 ? open + close : `${open}\n${items.map((item) => inner + item).join(',\n')}\n${indent}${close}`;
  if (Array.isArray(value)) return lines('[', value.map(formatRecord), ']');
  if (!isJsonObject(value)) return JSON.stringify(value);
  return lines(
    '{',
    members(value).map(([name, item]) => `${JSON.stringify(name)}: ${format(item, inner)}`),
    '}',
  );
}

function formatRecord(value: Json): string {
  if (!isJsonObject(value)) return canonicalJson(value);
  return `{ ${members(value)
    .map(([name, item]) => `${JSON.stringify(name)}: ${canonicalJson(item)}`)
    .join(', ')} }`;
}

function members(value: JsonObject): [string, Json][] {
  return Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
}

// The shapes. They are written out because the lock file is read by every run, and loading a schema library takes
// longer than all the rest of a run that has nothing to do.

const text = (meaning: string, accepts: (value: string) => boolean = () => true): Shape => {
  return (value, path, report) => {
    if (typeof value !== 'string' || !accepts(value)) report(path, `${formatPath(path)} is not ${meaning}`);
  };
};

const size: Shape = (value, path, report) => {
  if (!Number.isSafeInteger(value) || (value as number) < 0) report(path, `${formatPath(path)} is not a size in bytes`);
};

const listOf = (item: Shape): Shape => {
  return (value, path, report) => {
    if (!Array.isArray(value)) report(path, `${formatPath(path)} is not a list`);
    else for (const [index, member] of value.entries()) item(member, [...path, index], report);
  };
};

const recordOf = (item: Shape): Shape => {
  return (value, path, report) => {
    if (!isJsonObject(value)) report(path, `${formatPath(path)} is not an object`);
    else for (const [name, member] of Object.entries(value)) item(member, [...path, name], report);
  };
};

/** Unknown names are errors: a newer galley put them there, and writing the file back would lose them. */
const fields = (required: Record<string, Shape>, optional: Record<string, Shape> = {}): Shape => {
  return (value, path, report) => {
    if (!isJsonObject(value)) return report(path, `${formatPath(path)} is not an object`);
    for (const name of Object.keys(required)) {
      if (!Object.hasOwn(value, name)) report(path, `${formatPath(path)} has no "${name}"`);
    }
    const known = { ...required, ...optional };
    for (const [name, member] of Object.entries(value)) {
      const shape = Object.hasOwn(known, name) ? known[name] : undefined;
      if (shape === undefined) report([...path, name], `${formatPath([...path, name])} is not known to this galley`);
      else shape(member, [...path, name], report);
    }
  };
};

const sha256 = text('a sha256 of 64 lower-case hexadecimal digits', (value) => parseSha256(value) === value);
const FILE = fields({ sha256, size }, { url: text('a URL', URL.canParse), platforms: listOf(text('a platform')) });
const PACKAGE = fields(
  {},
  {
    recipe: sha256,
    source: fields({ url: text('a text') }, { sha256, commit: text('a text') }),
    weak: recordOf(text('an identity')),
    files: recordOf(listOf(FILE)),
  },
);
const schema: Shape = (value, path, report) => {
  if (value !== 1) report(path, `it has schema ${JSON.stringify(value)}, and this galley reads schema 1`);
};
const LOCK_FILE = fields({ schema, packages: recordOf(PACKAGE) });

function formatPath(path: ValuePath): string {
  const steps = path.map((step) => (/^[a-z]\w*$/i.test(String(step)) ? `.${step}` : `[${JSON.stringify(step)}]`));
  return path.length === 0 ? 'the file' : steps.join('').replace(/^\./, '');
}
