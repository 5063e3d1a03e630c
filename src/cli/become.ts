// What `run` and `shell` have in common: the project is synced, and then galley turns into a program that finds it.
import type { Services } from '../build/services.ts';
import type { Settings } from '../model/settings.ts';
import type { Answer } from './answer.ts';
import { openProject, statusOfBuild } from './open-project.ts';
import { tellPlan } from './plan.ts';
import { environmentIn } from './project-variables.ts';

/** Makes what the project wants, with its launchers, then turns into the command. */
export async function becomeInProject(services: Services, settings: Settings, argv: string[]): Promise<Answer> {
  const session = await openProject(services, settings);
  if (settings.dryRun) return await tellPlan(session, services);
  const answer = await session.build({ queries: [], goal: 'sync', deploy: false, checkAssets: false });
  const status = statusOfBuild(answer);
  if (status !== 0) return { status };
  return { status, become: { argv, cwd: services.cwd, env: environmentIn(session.manifest, services.env) } };
}
