// `galley sync [query…]`: everything that the project wants of this machine.
import type { Run } from '../answer.ts';
import { buildProject } from '../open-project.ts';

export const run: Run = (services, options) =>
  buildProject(services, options, { goal: 'sync', deploy: !options.flags['no-deploy'] });
