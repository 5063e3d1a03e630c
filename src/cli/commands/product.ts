// `galley product [name]`: where a product is, or what products there are.
import type { Run } from '../answer.ts';
import { formatColumns } from '../columns.ts';
import { openProject } from '../open-project.ts';

/** One product is made and its value printed; all of them are only computed, and so is one in a dry run. */
export const run: Run = async (services, { settings, args: [name] }) => {
  const session = await openProject(services, settings);
  if (name !== undefined && !settings.dryRun) {
    const value = await session.product(name);
    return { status: 0, stdout: value, json: value };
  }
  const products = await session.products();
  if (name !== undefined) return { status: 0, stdout: products[name] ?? '', json: products[name] ?? null };
  if (Object.keys(products).length === 0)
    services.emit({ type: 'log.message', level: 'info', text: 'No package of this project offers a product' });
  return { status: 0, stdout: formatColumns(Object.entries(products)), json: products };
};
