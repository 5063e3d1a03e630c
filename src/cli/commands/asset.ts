// `galley asset <query>`: makes one package and answers where its asset is.
import type { Run } from '../answer.ts';
import { openProject } from '../open-project.ts';
import { tellPlan } from '../plan.ts';

/** The path alone, so that a script can use it as it is. */
export const run: Run = async (services, { settings, args }) => {
  const session = await openProject(services, settings);
  if (settings.dryRun) return await tellPlan(session, services, { queries: args });
  const assetDir = await session.asset(args[0] as string);
  return { status: 0, stdout: assetDir, json: assetDir };
};
