// What `push` and `export` have in common: packages of the project go to a depot.
import type { Services } from '../build/services.ts';
import { redactUrl } from '../model/redact.ts';
import type { Answer, Options } from './answer.ts';
import { toJson, toJsonRow } from './json.ts';
import { openProject, statusOfBuild } from './open-project.ts';

/** @param address of the depot */
export async function shareProject(
  services: Services,
  { settings }: Options,
  queries: readonly string[],
  address: string,
): Promise<Answer> {
  const session = await openProject(services, settings);
  const depot = redactUrl(address);
  const say = (text: string) => services.emit({ type: 'log.message', level: 'info', text });
  if (settings.dryRun) {
    const { missing, present } = await session.planShare(queries, address);
    for (const name of missing) say(`Would add ${name} to ${depot}`);
    if (missing.length === 0) say(`Nothing to add: ${depot} has it all`);
    return { status: 0, json: { depot, missing, present } };
  }
  const answer = await session.share(queries, address);
  const added = answer.delivered.filter((one) => one.added);
  say(`${added.length} added to ${depot}, ${answer.delivered.length - added.length} there already`);
  const entries = answer.delivered.map((one) => toJsonRow({ ...one.entry, added: one.added }));
  const failures = toJson(answer.failures.map(({ code, message, hint }) => ({ code, message, hint })));
  return { status: statusOfBuild(answer), json: { depot, outcome: answer.outcome, entries, failures } };
}
