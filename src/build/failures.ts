// Errors as data: for events, answers and the exit status.
import type { Diagnostic } from '../model/diagnostic.ts';
import type { FailureFacts } from '../model/event.ts';
import { Failure } from '../model/failure.ts';
import { Problems } from '../model/problems.ts';
import { withLocations } from '../recipe/locate.ts';
import type { Files } from '../system/files.ts';

/** One error, flat. Several problems of one file are told by the first and their number. */
export function describeFailure(error: unknown): FailureFacts {
  if (error instanceof Failure) {
    const { code, message, hint, location, facts } = error;
    const plain = Object.keys(facts).length === 0 ? {} : { facts };
    return {
      code,
      message,
      ...(hint === undefined ? {} : { hint }),
      ...(location === undefined ? {} : { location }),
      ...plain,
    };
  }
  if (error instanceof Problems) {
    const [first, ...rest] = error.diagnostics as [Diagnostic, ...Diagnostic[]];
    const more = rest.length === 0 ? '' : ` (and ${rest.length} more)`;
    return {
      code: first.code,
      message: `${first.message}${more}`,
      ...(first.hint === undefined ? {} : { hint: first.hint }),
    };
  }
  return { code: 'INTERNAL', message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}

/** Every failure that an error stands for, each with its place in the author's text. */
export async function explain(error: unknown, label: string, files: Files): Promise<Failure[]> {
  if (error instanceof Failure) return [error];
  if (!(error instanceof Problems))
    return [new Failure('INTERNAL', describeFailure(error).message, { cause: error, package: label })];
  const located = await withLocations(error.diagnostics, files);
  return located.map(
    ({ code, message, hint, location }) =>
      new Failure(code, message, {
        package: label,
        ...(hint === undefined ? {} : { hint }),
        ...(location === undefined ? {} : { location }),
      }),
  );
}
