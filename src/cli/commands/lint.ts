// `galley lint`: what is wrong with the manifest and every recipe, and what could be better. Builds nothing.
import type { Run } from '../answer.ts';
import { toJson } from '../json.ts';
import { openProject } from '../open-project.ts';
import { tellProblems } from '../problems.ts';
import { statusOf } from '../status.ts';

/** All problems and all advice; only problems make it fail. */
export const run: Run = async (services, { settings }) => {
  const session = await openProject(services, settings);
  const found = await tellProblems(await session.lint(), services);
  if (found.length === 0) services.emit({ type: 'log.message', level: 'info', text: 'No problems, and no advice' });
  return { status: statusOf(found.map(({ code }) => code)), json: toJson(found) };
};
