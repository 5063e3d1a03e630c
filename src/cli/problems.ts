// Whatever ended a command, told as events: diagnostics with their place, failures, and bugs of ours.
import type { Services } from '../build/services.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { FailureFacts } from '../model/event.ts';
import { describeError, factsOf } from '../model/facts.ts';
import { Failure } from '../model/failure.ts';
import { Problems } from '../model/problems.ts';

type World = Pick<Services, 'emit' | 'files'>;

/** Tells every problem, in the order of files and lines, and answers them with their places. */
export async function tellProblems(diagnostics: readonly Diagnostic[], world: World): Promise<FailureFacts[]> {
  const { withLocations } = await import('../recipe/locate.ts');
  const problems = (await withLocations(diagnostics, world.files)).map(factsOf);
  for (const error of problems) world.emit({ type: 'problem.found', error });
  return problems;
}

/** Tells an error that ended a command. */
export async function tellError(error: unknown, world: World): Promise<FailureFacts[]> {
  if (error instanceof Problems) return await tellProblems(error.diagnostics, world);
  const owner = error instanceof Failure && error.package !== undefined ? { package: error.package } : {};
  const { locateError } = await import('../recipe/locate.ts');
  const [facts] = describeError(await locateError(error, world.files));
  world.emit({ type: 'problem.found', ...owner, error: facts });
  return [facts];
}
