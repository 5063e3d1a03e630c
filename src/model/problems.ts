// What is thrown when input cannot be worked with.
import type { Diagnostic } from './diagnostic.ts';

/** Input that cannot be worked with, thrown where nothing can go on: every problem that was found, never only the first. */
export class Problems extends Error {
  override readonly name = 'Problems';
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly [Diagnostic, ...Diagnostic[]]) {
    super(diagnostics.map((diagnostic) => diagnostic.message).join('\n'));
    this.diagnostics = diagnostics;
  }
}
