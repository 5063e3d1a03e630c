// `galley test [query…]`: makes packages, and runs the tests that their recipes bring.
import type { Run } from '../answer.ts';
import { toJson, toJsonRow } from '../json.ts';
import { openProject, statusOfBuild, tellIfEmpty } from '../open-project.ts';
import { tellPlan } from '../plan.ts';

export const run: Run = async (services, { settings, args }) => {
  const session = await openProject(services, settings);
  tellIfEmpty(session, services);
  if (settings.dryRun) return await tellPlan(session, services, { queries: args, isTest: true });
  const answer = await session.test(args);
  const failures = answer.failures.map(({ code, message, hint }) => ({ code, message, hint }));
  return {
    status: statusOfBuild(answer),
    json: { outcome: answer.outcome, packages: answer.packages.map(toJsonRow), failures: toJson(failures) },
  };
};
