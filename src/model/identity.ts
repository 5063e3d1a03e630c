// `namespace.name@revision`: the name of a recipe. The first dot splits, so a name may hold dots and a namespace not.

export interface Identity {
  namespace: string;
  name: string;
  /** The recipe's revision; the software's version is an option. */
  revision: string;
}

export const IDENTITY = /^([a-z0-9][a-z0-9_-]*)\.([a-z0-9][a-z0-9._-]*)@([a-z0-9][a-z0-9._-]*)$/;

export function parseIdentity(text: string): Identity | undefined {
  const [, namespace, name, revision] = IDENTITY.exec(text) ?? [];
  if (namespace === undefined || name === undefined || revision === undefined) return undefined;
  return { namespace, name, revision };
}

export function formatIdentity({ namespace, name, revision }: Identity): string {
  return `${namespace}.${name}@${revision}`;
}

/** A name with what else is known of the identity. */
export type Query = Pick<Identity, 'name'> & Partial<Identity>;

const QUERY = /^(?:([a-z0-9][a-z0-9_-]*)\.)?([a-z0-9][a-z0-9._-]*)(?:@([a-z0-9][a-z0-9._-]*))?$/;

/**
 * `name`, `ns.name`, `name@rev` or the whole identity. The first dot splits here too: a name with a dot needs its
 * namespace, or `gcc.arm` could mean two things.
 */
export function parseQuery(text: string): Query | undefined {
  const [, namespace, name, revision] = QUERY.exec(text) ?? [];
  if (name === undefined) return undefined;
  return { name, ...(namespace !== undefined && { namespace }), ...(revision !== undefined && { revision }) };
}

/** True when the identity has every part that the query names. */
export function matchesQuery(query: string, identity: Identity): boolean {
  const parts = parseQuery(query);
  return parts !== undefined && formatIdentity({ ...identity, ...parts }) === formatIdentity(identity);
}
