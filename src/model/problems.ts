// What is thrown when input cannot be worked with.
import type { Diagnostic, Parsed } from './diagnostic.ts';

/** Input that cannot be worked with, thrown where nothing can go on: every problem that was found, never only the first. */
export class Problems extends Error {
  override readonly name = 'Problems';
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly [Diagnostic, ...Diagnostic[]]) {
    super(diagnostics.map((diagnostic) => diagnostic.message).join('\n'));
    this.diagnostics = diagnostics;
  }
}

/** The value that was read, where nothing can go on without it. */
export function demandValue<T>(parsed: Parsed<T>): T {
  if (parsed.problems.length === 0) return parsed.value as T;
  const [first, ...rest] = parsed.problems as [Diagnostic, ...Diagnostic[]];
  throw new Problems([first, ...rest]);
}
