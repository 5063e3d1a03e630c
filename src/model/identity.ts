// `namespace.name@revision`: the name of a recipe. The first dot splits, so a name may hold dots and a namespace not.

export interface Identity {
  namespace: string;
  name: string;
  /** The recipe's revision; the software's version is an option. */
  revision: string;
}

const IDENTITY = /^([a-z0-9][a-z0-9_-]*)\.([a-z0-9][a-z0-9._-]*)@([a-z0-9][a-z0-9._-]*)$/;

export function parseIdentity(text: string): Identity | undefined {
  const [, namespace, name, revision] = IDENTITY.exec(text) ?? [];
  if (namespace === undefined || name === undefined || revision === undefined) return undefined;
  return { namespace, name, revision };
}

export function formatIdentity({ namespace, name, revision }: Identity): string {
  return `${namespace}.${name}@${revision}`;
}

/** `name`, `ns.name`, `name@rev` or the whole identity. A name with a dot needs its namespace. */
export function matchesQuery(query: string, identity: Identity): boolean {
  const { namespace, name, revision } = identity;
  return [name, `${namespace}.${name}`, `${name}@${revision}`, formatIdentity(identity)].includes(query);
}
