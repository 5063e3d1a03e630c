// `galley why <query> --rebuild`, in words: the first input that changed, then the others, and behind a dependency its own.
import type { ChangedInput, RebuildReason } from '../build/rebuild-reason.ts';
import type { Session } from '../build/session.ts';
import { formatAge } from '../model/amount.ts';
import type { Json } from '../model/json.ts';
import type { KeyChange } from '../model/key-change.ts';
import { redactUrl } from '../model/redact.ts';
import type { Answer } from './answer.ts';
import { toJson, toJsonRow } from './json.ts';

export async function tellRebuildReasons(session: Session, query: string, now: number): Promise<Answer> {
  const reasons = await session.rebuildReasons(query);
  const text = reasons.map((reason) => [headOf(reason, now), ...linesOf(reason.changes, '  ')].join('\n'));
  return { status: 0, stdout: text.join('\n\n'), json: reasons.map(toRow) };
}

function headOf({ label, state, before, problem, changes }: RebuildReason, now: number): string {
  const earlier = before && `the build of ${formatAge(now - before.builtAt)} ago`;
  switch (state) {
    case 'hit':
      return `${label}  is in the cache: nothing has changed since it was built${changes.length > 0 ? `; against ${earlier}:` : ''}`;
    case 'changed':
      return `${label}  would be built again; against ${earlier}:`;
    case 'absent':
      return `${label}  would be built: nothing has changed, but it is not in the cache${changes.length > 0 ? `; against ${earlier}:` : ''}`;
    case 'first':
      return `${label}  would be built: nothing in the cache is from an earlier build`;
    case 'unknown':
      return `${label}  has no key before something is fetched${problem === undefined ? '' : `: ${problem}`}`;
  }
}

/** Two spaces further for each dependency that is behind the one above. */
function linesOf(changes: readonly ChangedInput[], indent: string): string[] {
  return changes.flatMap((change) => {
    const cause = change.cause?.changes ?? [];
    return [`${indent}${wordsOf(change)}${cause.length > 0 ? ':' : ''}`, ...linesOf(cause, `${indent}  `)];
  });
}

function wordsOf({ part, name = '', before, after, isDefault }: ChangedInput): string {
  const [old, now] = [before, after].map((value) => (value === undefined ? 'none' : shorten(value)));
  const change = `${now}, was ${old}`;
  switch (part) {
    case 'recipe':
      return `file ${name} of the recipe ${deed({ part, before, after })}`;
    case 'option':
      return `${isDefault ? 'the default of option' : 'option'} ${name} is ${change}`;
    case 'source':
      return `source ${redactUrl(name)} ${deed({ part, before, after })}: ${change}`;
    case 'env':
      return `variable ${name} ${before === null ? 'is set now' : after === null ? 'is not set any more' : 'has another value'}`;
    case 'shell':
      return `the default shell is ${change}`;
    case 'platform':
      return `the platform is ${change}`;
    case 'dependency':
      return nameOf(before) === nameOf(after)
        ? `dependency ${nameOf(after)} has another key`
        : `dependency ${name} is ${change}`;
    case 'driving':
      return `galley drives build systems in another way (version ${change})`;
    case 'schema':
      return 'galley makes keys in another way now';
  }
}

function deed({
  before,
  after,
}: Pick<KeyChange, 'part'> & { before: Json | undefined; after: Json | undefined }): string {
  if (before === undefined) return 'is new';
  return after === undefined ? 'is gone' : 'has changed';
}

/** `acme.zlib@r2 0123…` */
function nameOf(dependency: Json | undefined): string | undefined {
  return typeof dependency === 'string' ? dependency.split(' ')[0] : undefined;
}

/** Keys and digests are told by their beginning, as in the cache's own listings. */
function shorten(value: Json): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.replace(/\b([0-9a-f]{12})[0-9a-f]{20,}\b/g, '$1');
}

function toRow({ changes, before, ...reason }: RebuildReason): Json {
  const rows = changes.map(({ cause, name, isDefault, ...change }) =>
    toJson({
      ...change,
      ...(name !== undefined && { name: change.part === 'source' ? redactUrl(name) : name }),
      ...(isDefault && { is_default: true }),
      ...(cause && { cause: toRow(cause) }),
    }),
  );
  const compared = before && { key: before.key, built_at: new Date(before.builtAt).toISOString() };
  return toJsonRow({ ...reason, ...(compared && { before: compared }), changes: rows });
}
