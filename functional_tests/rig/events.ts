// The event stream of a run, and the questions that tests ask of it.
import type { Code } from '../../src/model/codes.ts';
import type { Event, FailureFacts, Outcome, TestOutcome } from '../../src/model/event.ts';
import { comparePlaces } from '../../src/model/location.ts';

export type EventOf<Type extends Event['type']> = Extract<Event, { type: Type }>;

/** What tells a failure; a phase that failed is told again by its package. */
const FAILING: ReadonlySet<string> = new Set<Event['type']>(['package.finished', 'problem.found', 'test.finished']);

export class Events {
  readonly all: Event[] = [];

  /** All events of a type, of one package if it is named. */
  of<Type extends Event['type']>(type: Type, label?: string): EventOf<Type>[] {
    return this.all.filter(
      (event): event is EventOf<Type> =>
        event.type === type && (label === undefined || ('package' in event && event.package === label)),
    );
  }

  /** The types that occurred, each once. */
  types(): string[] {
    return [...new Set(this.all.map(({ type }) => type))];
  }

  /** How each package ended. */
  outcomes(): Record<string, Outcome> {
    return Object.fromEntries(this.of('package.finished').map((event) => [event.package, event.outcome]));
  }

  /** What became of the test of each package. */
  tests(): Record<string, TestOutcome> {
    return Object.fromEntries(this.of('test.finished').map((event) => [event.package, event.outcome]));
  }

  /** The phases in which a package did something, in order. */
  phases(label: string): string[] {
    return this.of('phase.started', label).map(({ phase }) => phase);
  }

  /** What the checks of a package answered, in order: `pre-lock false`. */
  checks(label: string): string[] {
    return this.of('check.finished', label).map(({ when, result }) => `${when} ${result}`);
  }

  /** The codes of all failures, in order: of packages, and those that belong to none. */
  codes(): Code[] {
    return this.#failures().map(({ code }) => code);
  }

  /** All messages and hints of failures, as one text. */
  messages(): string {
    return this.#failures()
      .map(({ message, hint = '' }) => `${message}\n${hint}`)
      .join('\n');
  }

  /** All failures with their places, in the order of the text they are about. */
  problems(): FailureFacts[] {
    return this.#failures().sort((a, b) => comparePlaces(a.location, b.location));
  }

  /** What commands of a package printed, line by line. */
  output(label: string, stream?: 'stdout' | 'stderr' | 'both'): string[] {
    const printed = this.of('output.line', label).filter((event) => stream === undefined || event.stream === stream);
    return printed.flatMap(({ text }) => text.split('\n'));
  }

  #failures(): FailureFacts[] {
    return this.all.flatMap((event) =>
      FAILING.has(event.type) && 'error' in event && event.error ? [event.error] : [],
    );
  }
}
