// Records of galley.lock in words: for messages, tables and what an update tells.
import { commitOf } from './git.ts';
import { isLockedSource, type LockChange, type LockRecord } from './lock-file.ts';

/** Enough of a digest to recognise it. */
const SHORT = 12;

/** What a record is about: `file npm:x@1.0.0 of acme.zlib@r2 for linux-x86_64`. */
export function subjectOf(record: LockRecord): string {
  const { package: name, platform } = record;
  if (record.kind === 'weak') return `choice for "${record.query}" of ${name} for ${platform}`;
  if (record.kind === 'function') return `what the fetch function of ${name} fetches for ${platform}`;
  const what = { file: 'file', recipe: 'recipe from', bundle: 'bundle from' }[record.kind];
  return `${what} ${record.source} of ${name} for ${platform}`;
}

/** What a record says, short enough for a table: the commit, the beginning of the sha256, the choice. */
export function wordOf(record: LockRecord): string {
  if (record.kind === 'weak') return record.choice;
  if (record.kind === 'function') return record.sources.join(', ') || 'nothing';
  const commit = commitOf(record.url ?? record.source);
  return (commit ?? record.sha256 ?? '').slice(0, SHORT);
}

/** What it says: what comes, what goes, and from what to what. */
export function formatChange({ before, after }: LockChange): string {
  const record = after ?? before;
  if (record === undefined) return '';
  if (!after) return `- ${subjectOf(record)}`;
  const said = before ? describeMove(before, after) : wordOf(after);
  return [`${before ? '~' : '+'} ${subjectOf(record)}`, said].filter(Boolean).join(': ');
}

/** Two records of the same bytes differ in where they are, or in what is known of them. */
function describeMove(before: LockRecord, after: LockRecord): string {
  const [old, now] = [wordOf(before), wordOf(after)];
  if (old !== now) return `${old} → ${now}`;
  if (!isLockedSource(before) || !isLockedSource(after)) return 'of another recipe';
  return before.url === after.url ? 'its size is known' : `at ${after.url ?? after.source}`;
}
