// `galley list`: the packages of the project and whether they are in the cache. Makes nothing.
import type { ListedPackage } from '../../build/session.ts';
import { canonicalJson } from '../../model/json.ts';
import type { Run } from '../answer.ts';
import { formatColumns } from '../columns.ts';
import { toJsonRow } from '../json.ts';
import { openProject, tellIfEmpty } from '../open-project.ts';

export const run: Run = async (services, { settings }) => {
  const session = await openProject(services, settings);
  tellIfEmpty(session, services);
  const packages = await session.list();
  return { status: 0, stdout: formatColumns(packages.map(rowOf)), json: packages.map(toJsonRow) };
};

/** Enough of a key to recognise it in the name of a cache entry. */
const SHORT_KEY = 12;

function rowOf({ package: name, state, key, options, platforms, products }: ListedPackage): string[] {
  const facts = [
    Object.keys(options).length > 0 ? canonicalJson(options) : '',
    platforms.length > 0 ? `only ${platforms.join(', ')}` : '',
    Object.keys(products).length > 0 ? `offers ${Object.keys(products).sort().join(', ')}` : '',
  ];
  return [name, state, key?.slice(0, SHORT_KEY) ?? '-', facts.filter((fact) => fact !== '').join('; ')];
}
