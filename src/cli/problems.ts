// Whatever went wrong, told as events: diagnostics with their place, failures, and bugs of ours.
import type { Services } from '../build/services.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { FailureFacts } from '../model/event.ts';
import { Failure } from '../model/failure.ts';
import type { Location } from '../model/location.ts';
import { Problems } from '../model/problems.ts';

type World = Pick<Services, 'emit' | 'files'>;

/** Tells every problem, in the order of files and lines, and answers them with their places. */
export async function tellProblems(diagnostics: readonly Diagnostic[], world: World): Promise<FailureFacts[]> {
  const { withLocations } = await import('../recipe/locate.ts');
  const located = await withLocations(diagnostics, world.files);
  const problems = located.map(factsOf).sort(byPlace);
  for (const error of problems) world.emit({ type: 'problem.found', error });
  return problems;
}

/** Tells an error that ended a command; anything that is not known to happen is our bug. */
export async function tellError(error: unknown, world: World): Promise<FailureFacts[]> {
  if (error instanceof Problems) return await tellProblems(error.diagnostics, world);
  const facts = error instanceof Failure ? factsOf(error) : bugOf(error);
  const owner = error instanceof Failure && error.package !== undefined ? { package: error.package } : {};
  world.emit({ type: 'problem.found', ...owner, error: facts });
  return [facts];
}

type Source = Pick<FailureFacts, 'code' | 'message'> & {
  hint?: string | undefined;
  location?: Location | undefined;
  notes?: readonly string[];
  facts?: FailureFacts['facts'];
};

function factsOf({ code, message, hint, location, notes, facts = {} }: Source): FailureFacts {
  return {
    code,
    message,
    ...(hint === undefined ? {} : { hint }),
    ...(location === undefined ? {} : { location }),
    ...(notes === undefined ? {} : { notes: [...notes] }),
    ...(Object.keys(facts).length === 0 ? {} : { facts }),
  };
}

function bugOf(error: unknown): FailureFacts {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return {
    code: 'INTERNAL',
    message: `Galley itself is wrong: ${stack}`,
    hint: 'Report this text to the people who make galley, with the file that --trace writes if it happens again',
  };
}

function byPlace({ location: a }: FailureFacts, { location: b }: FailureFacts): number {
  if (!a || !b) return Number(b !== undefined) - Number(a !== undefined);
  return a.file.localeCompare(b.file) || a.line - b.line || a.column - b.column;
}
