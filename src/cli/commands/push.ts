// `galley push <depot> [query…]`: what the project needs is made, and shared with whoever reads the depot.
import type { Run } from '../answer.ts';
import { depotAddress } from '../depot-tools.ts';
import { shareProject } from '../share-project.ts';

export const run: Run = (services, options) => {
  const [depot = '', ...queries] = options.args;
  return shareProject(services, options, queries, depotAddress(depot, services));
};
