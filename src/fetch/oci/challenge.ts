// What a server wants to know before it answers: `WWW-Authenticate` (RFC 9110, 11.6.1), as registries write it.

export type Challenge = { scheme: 'basic' } | { scheme: 'bearer'; realm: string; service?: string; scope?: string };

/** The first of the challenges that we can meet. */
export function parseChallenge(header: string): Challenge | undefined {
  // A token before parameters is a scheme; between parameters stand commas, as between challenges.
  for (const [, scheme = '', parameters = ''] of header.matchAll(
    /(\w+)((?:[ ,]+\w+=(?:"(?:[^"\\]|\\.)*"|[^\s,"]+))+)/g,
  )) {
    if (scheme.toLowerCase() === 'basic') return { scheme: 'basic' };
    if (scheme.toLowerCase() !== 'bearer') continue;
    const found = new Map(
      [...parameters.matchAll(/(\w+)=(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/g)].map(
        ([, name = '', quoted, plain]) => [name.toLowerCase(), quoted?.replace(/\\(.)/g, '$1') ?? plain ?? ''] as const,
      ),
    );
    const [realm, service, scope] = [found.get('realm'), found.get('service'), found.get('scope')];
    if (realm === undefined) continue;
    return {
      scheme: 'bearer',
      realm,
      ...(service !== undefined && { service }),
      ...(scope !== undefined && { scope }),
    };
  }
  return /^\s*basic\s*$/i.test(header) ? { scheme: 'basic' } : undefined;
}
