// Which records of galley.lock queries mean: those of packages and bundles, whatever their options are.
import { matchesQuery, parseIdentity } from '../../model/identity.ts';
import type { LockFile, LockRecord } from '../../model/lock-file.ts';
import { unknownQuery } from '../../model/unknown-query.ts';

/**
 * All of them without queries.
 *
 * @throws Failure QUERY_UNKNOWN for a query that means none
 */
export function recordsOf(queries: readonly string[], lock: LockFile): (record: LockRecord) => boolean {
  if (queries.length === 0) return () => true;
  const names = [...new Set([...lock.values()].map((record) => record.package))];
  const lost = queries.find((query) => !names.some((name) => isMeant(query, name)));
  if (lost !== undefined) throw unknownQuery(lost, names.map(identityIn));
  return (record) => queries.some((query) => isMeant(query, record.package));
}

/** True for the label of a package that a query means. */
export function isMeant(query: string, label: string): boolean {
  const identity = parseIdentity(identityIn(label));
  return label === query || (identity !== undefined && matchesQuery(query, identity));
}

/** A label has the options behind it, and who it serves. */
function identityIn(label: string): string {
  return label.split(/[{ ]/, 1)[0] as string;
}
