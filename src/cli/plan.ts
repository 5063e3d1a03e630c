// What a build would do, for --dry-run: told from the states of the packages, and nothing is made.
import type { Services } from '../build/services.ts';
import type { ListedPackage, Session } from '../build/session.ts';
import { matchesQuery, parseIdentity } from '../model/identity.ts';
import { unknownQuery } from '../model/unknown-query.ts';
import type { Answer } from './answer.ts';
import { toJsonRow } from './json.ts';

const PLANS: Record<ListedPackage['state'], string | undefined> = {
  missing: 'Would build',
  'user-managed': 'Would check',
  cached: undefined,
  skipped: undefined,
  failed: 'Cannot load',
};

export interface PlanOptions {
  /** What to look at; everything when there are none. */
  queries?: readonly string[];
  /** Tests are run, too. */
  isTest?: boolean;
}

export async function tellPlan(
  session: Session,
  services: Services,
  { queries = [], isTest = false }: PlanOptions = {},
): Promise<Answer> {
  const packages = await session.list();
  const unknown = queries.find((query) => !packages.some((pkg) => isNamedBy(query, pkg)));
  if (unknown !== undefined)
    throw unknownQuery(
      unknown,
      packages.map((pkg) => pkg.package),
    );
  const asked = packages.filter((pkg) => queries.length === 0 || queries.some((query) => isNamedBy(query, pkg)));
  const lines = asked.flatMap(({ state, package: name }) => (PLANS[state] ? [`${PLANS[state]} ${name}`] : []));
  if (isTest) lines.push(...asked.filter(({ hasTest }) => hasTest).map(({ package: name }) => `Would test ${name}`));
  for (const text of lines.length > 0 ? lines : ['Nothing to build'])
    services.emit({ type: 'log.message', level: 'info', text });
  return { status: 0, json: asked.map(toJsonRow) };
}

function isNamedBy(query: string, pkg: ListedPackage): boolean {
  const identity = parseIdentity(pkg.package);
  return identity !== undefined && matchesQuery(query, identity);
}
