// `galley install [query…]`: assets in the cache, and nothing outside of it.
import type { Run } from '../answer.ts';
import { buildProject } from '../open-project.ts';

export const run: Run = (services, options) => buildProject(services, options, { goal: 'install', deploy: false });
