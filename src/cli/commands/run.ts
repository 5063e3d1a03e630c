// `galley run <command>`: a program with the products of the project first on PATH.
import path from 'node:path';
import type { Run } from '../answer.ts';
import { openProject, statusOfBuild } from '../open-project.ts';
import { tellPlan } from '../plan.ts';

/** Makes what the project wants, with its launchers, then turns into the command. */
export const run: Run = async (services, { settings, args }) => {
  const session = await openProject(services, settings);
  if (settings.dryRun) return await tellPlan(session, services);
  const answer = await session.build({ queries: [], goal: 'sync', deploy: false, checkAssets: false });
  const status = statusOfBuild(answer);
  if (status !== 0) return { status };
  const { binDir, rootDir } = session.manifest;
  const searched = [binDir, services.env.PATH].filter((part) => part !== undefined && part !== '');
  const env = { ...services.env, PATH: searched.join(path.delimiter), GALLEY_PROJECT_ROOT: rootDir };
  return { status, become: { argv: args, cwd: services.cwd, env: definedOnly(env) } };
};

function definedOnly(env: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
