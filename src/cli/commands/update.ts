// `galley update [query…]`: pins move to what there is now, and what only a recipe can move is named.
import { Failure } from '../../model/failure.ts';
import type { Run } from '../answer.ts';
import { toJson } from '../json.ts';
import { answerLock } from '../lock-answer.ts';
import { openProject } from '../open-project.ts';

export const run: Run = async (services, { settings, args: queries }) => {
  if (settings.frozen) {
    const hint = 'Leave --frozen out; where CI is set, add --no-frozen';
    throw new Failure('FROZEN', 'Cannot move pins: --frozen forbids changing galley.lock', { hint });
  }
  const session = await openProject(services, settings);
  const request = { queries, isCheck: false, isDry: settings.dryRun };
  const answer = answerLock(await session.update(request), request, services);
  const { outdated } = settings.offline ? { outdated: [] } : await session.outdated(queries);
  const named = outdated.filter(({ latest, wanted }) => latest !== wanted);
  for (const { package: name, source, latest } of named) {
    const text = `${name} itself names ${source}, of which there is ${latest}: its recipe or its options have to`;
    services.emit({ type: 'log.message', level: 'info', text });
  }
  return { ...answer, json: { ...(answer.json as object), newer: toJson(named) } };
};
