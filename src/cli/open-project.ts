// The way every command about a project begins. The engine is loaded here and not before: `version` needs none of it.
import type { Services } from '../build/services.ts';
import type { BuildAnswer, BuildRequest, Session } from '../build/session.ts';
import { withIncluded } from '../model/manifest.ts';
import type { Settings } from '../model/settings.ts';
import type { Answer, Options } from './answer.ts';
import { toJson, toJsonRow } from './json.ts';
import { tellPlan } from './plan.ts';
import { statusOf } from './status.ts';

export async function openProject(services: Services, settings: Settings): Promise<Session> {
  // Its thread starts while the engine is loaded.
  await services.sandbox();
  const { openSession } = await import('../build/session.ts');
  return await openSession(services, settings);
}

/** A new project is not silent: nothing to tell would look like nothing that works. */
export function tellIfEmpty({ manifest }: Session, { emit }: Services): void {
  if (withIncluded(manifest).some(({ packages }) => packages.length > 0)) return;
  emit({ type: 'log.message', level: 'info', text: `${manifest.file} names no packages yet` });
}

/** What `sync` and `install` have in common. */
export async function buildProject(
  services: Services,
  { settings, args, flags }: Options,
  goal: Pick<BuildRequest, 'goal' | 'deploy'>,
): Promise<Answer> {
  const session = await openProject(services, settings);
  tellIfEmpty(session, services);
  if (settings.dryRun) return await tellPlan(session, services, { queries: args });
  const answer = await session.build({ queries: args, checkAssets: flags['check-assets'] === true, ...goal });
  const failures = answer.failures.map(({ code, message, hint }) => ({ code, message, hint }));
  return {
    status: statusOfBuild(answer),
    json: { outcome: answer.outcome, packages: answer.packages.map(toJsonRow), failures: toJson(failures) },
  };
}

/** A build that failed never ends with 0, whatever its failures say. */
export function statusOfBuild({ outcome, failures }: Pick<BuildAnswer, 'outcome' | 'failures'>): number {
  return outcome === 'ok' ? 0 : statusOf(failures.map(({ code }) => code)) || 1;
}
