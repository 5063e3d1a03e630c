// `galley lock`: galley.lock says all that can be known without building, for the platforms that are asked for.
import type { Run } from '../answer.ts';
import { flagText } from '../flags.ts';
import { answerLock } from '../lock-answer.ts';
import { openProject } from '../open-project.ts';

export const run: Run = async (services, { settings, flags }) => {
  const session = await openProject(services, settings);
  const platforms = flagText(flags, 'platform');
  const isCheck = flags.check === true || settings.frozen;
  const request = { isCheck, isDry: settings.dryRun, ...(platforms !== undefined && { platforms }) };
  return answerLock(await session.lock(request), request, services);
};
