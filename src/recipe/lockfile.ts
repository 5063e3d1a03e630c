// galley.lock as text: one record a line, each complete in itself, so that lines of two branches may stand side by side.
// Reads it with every problem placed; what the records mean is model/lock-file, their shapes are in lock-record.
import type { Diagnostic, Parsed } from '../model/diagnostic.ts';
import { isJsonObject, type Json } from '../model/json.ts';
import type { Location } from '../model/location.ts';
import { type LockFile, type LockRecord, lockKey, unite } from '../model/lock-file.ts';
import { wordOf } from '../model/lock-words.ts';
import { findJsonOffset } from './json-offset.ts';
import { encodeRecord, recordProblems } from './lock-record.ts';

/** Raised when older versions of galley would misunderstand the file. */
export const LOCK_SCHEMA = 1;

/** The last item: every record before it ends with a comma, so that no line depends on its neighbours. */
export const END = 'end';

/** The lock file, or every reason why the text is none. `file` is its absolute path. */
export function parseLockFile(written: string, file: string): Parsed<LockFile> {
  // Some editors begin a file with a mark that is no JSON.
  const text = written.replace(/^\ufeff/, '');
  const problem = (message: string, detail: Partial<Diagnostic>): Diagnostic => {
    return { code: 'LOCK_FILE_INVALID', message: `Cannot read galley.lock: ${message}`, file, path: [], ...detail };
  };
  const at = (offset: number): Location => locate(text, file, offset);
  // Before parsing: "unexpected token <" would be true and would help nobody.
  const marker = MARKER.exec(text);
  if (marker !== null) {
    const location = { ...at(marker.index), length: 7 };
    return { problems: [problem('it has merge conflict markers', { location, hint: CONFLICT })] };
  }
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch (error) {
    const location = at(offsetOf(error as SyntaxError, text));
    return {
      problems: [
        problem(text.trim() === '' ? 'it is empty' : text.includes('\0') ? 'it is not UTF-8' : 'it is not valid JSON', {
          location,
          hint: REMEDY,
        }),
      ],
    };
  }
  const found = readRecords(value);
  if (found.value !== undefined) return { value: found.value, problems: [] };
  const [first, ...rest] = found.problems.map(({ path, message, hint = REMEDY }) =>
    problem(message, { path, location: at(findJsonOffset(text, path)), hint }),
  );
  return { problems: [first as Diagnostic, ...rest] };
}

/** The text of a lock file, sorted, with a line feed at the end. */
export function formatLockFile(lock: LockFile): string {
  const records = [...lock].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, record]) => encodeRecord(record));
  const lines = [...records, JSON.stringify(END)].map((line) => `    ${line}`);
  return `{\n  "schema": ${LOCK_SCHEMA},\n  "records": [\n${lines.join(',\n')}\n  ]\n}\n`;
}

/** True for what a merge has left to a person. */
export function hasConflicts(text: string): boolean {
  return MARKER.test(text);
}

/**
 * The text with every line of both sides, and blank lines for the markers, so that places stay where they are. As lines
 * are complete, that is a lock file again, in which contradictions are found like in any other.
 */
export function uniteSides(text: string): string {
  // With diff3 the common ancestor stands between; it is what both sides have left behind.
  const ours = text.replaceAll(/^\|{7}[^\n]*\n[\s\S]*?(?=^={7})/gm, (base) => base.replaceAll(/[^\n]/g, ''));
  return ours.replaceAll(/^(?:<{7}|={7}|>{7})(?: [^\n]*)?$/gm, '');
}

/** The line of a record in the text, from 1. */
export function lineOf(record: LockRecord, text: string): number | undefined {
  const line = encodeRecord(record);
  const index = text.split('\n').findIndex((candidate) => candidate.trim().replace(/,$/, '') === line);
  return index < 0 ? undefined : index + 1;
}

const MARKER = /^(?:<{7}|={7}|>{7})(?= |\r?$)/m;

const CONFLICT = 'Run "galley lock": it unites both sides, and says where they contradict each other';

/** Nobody writes this file by hand, so there is nothing to correct in it. */
const REMEDY = 'Restore galley.lock from version control, or remove it and run "galley lock" to pin every source anew';

const NEWER = 'A newer galley wrote it: use that version, which the manifest can pin with "galley"';

const CONTRADICTION = 'Remove the line that is wrong; or both, and run "galley lock" to pin it anew';

interface Problem {
  path: (string | number)[];
  message: string;
  hint?: string;
}

function readRecords(value: Json): { value: LockFile } | { value?: undefined; problems: Problem[] } {
  const wrong = (path: Problem['path'], message: string, hint?: string) => {
    return { problems: [{ path, message, ...(hint !== undefined && { hint }) }] };
  };
  if (!isJsonObject(value)) return wrong([], 'the file is not an object');
  const { schema, records, ...others } = value;
  if (schema !== LOCK_SCHEMA) {
    const found = typeof schema === 'number' ? `schema ${schema}` : 'no schema';
    const message = `it has ${found}, and this galley reads schema ${LOCK_SCHEMA}`;
    return wrong(['schema'], message, typeof schema === 'number' && schema > LOCK_SCHEMA ? NEWER : undefined);
  }
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) return wrong([unknown], `"${unknown}" is not known to this galley`, NEWER);
  if (!Array.isArray(records)) return wrong(['records'], 'records is not a list');
  const lines = records.at(-1) === END ? records.slice(0, -1) : records;
  const problems = lines.flatMap((line, index) =>
    recordProblems(line).map(({ path, message }) => ({ path: ['records', index, ...path], message })),
  );
  return problems.length > 0 ? { problems } : collect(lines as unknown as LockRecord[]);
}

/** A merge may leave a record twice; two that contradict each other are for a person to decide. */
function collect(records: readonly LockRecord[]): ReturnType<typeof readRecords> {
  const lock = new Map<string, LockRecord>();
  const problems: Problem[] = [];
  for (const [index, record] of records.entries()) {
    const key = lockKey(record);
    const other = lock.get(key);
    const united = other ? unite(other, record) : record;
    if (united !== undefined) lock.set(key, united);
    else
      problems.push({
        path: ['records', index],
        message: contradiction(other as LockRecord, record),
        hint: CONTRADICTION,
      });
  }
  return problems.length > 0 ? { problems } : { value: lock };
}

function contradiction(other: LockRecord, record: LockRecord): string {
  const [, , subject] = lockKey(record).split('\n');
  const what = record.kind === 'function' ? 'what its function fetches' : `"${subject}"`;
  const [one, two] = [wordOf(other), wordOf(record)];
  const words = one === two ? '' : `: ${one} and ${two}`;
  return `two lines contradict each other about ${what} of ${record.package} on ${record.platform}${words}`;
}

/** V8 names the place in most messages; where it does not, the text ends too early or is hardly one line. */
function offsetOf(error: SyntaxError, text: string): number {
  const [, position] = /at position (\d+)/.exec(error.message) ?? [];
  const atEnd = /end of JSON/.test(error.message);
  return position === undefined ? (atEnd ? text.length : 0) : Number(position);
}

function locate(text: string, file: string, offset: number): Location {
  const before = text.slice(0, offset).split('\n');
  return { file, line: before.length, column: (before.at(-1) ?? '').length + 1 };
}
