// What took how long: the stretches of time that begin with one event and end with another. Only pairs them up; how they
// are shown is another's business.
import type { Event } from '../../model/event.ts';
import type { JsonObject } from '../../model/json.ts';

export type SpanKind =
  /** All of it. */
  | 'run'
  /** A rung of a package's ladder. */
  | 'phase'
  /** Nothing of a package happens: other packages, or other processes, are not done. */
  | 'wait'
  | 'command'
  | 'fetch'
  | 'test';

export interface Span {
  kind: SpanKind;
  /** The package, or `galley` for what belongs to none. */
  subject: string;
  name: string;
  /** Epoch milliseconds. */
  startAt: number;
  endAt: number;
  facts: JsonObject;
}

const OURS = 'galley';

/** More names than this do not fit into what is drawn. */
const MOST_NAMED = 3;

/** Enough of a script to know it by. */
const NAME_CHARACTERS = 60;

type Of<T extends Event['type']> = Extract<Event, { type: T }>;

/** Pairs up what it sees. */
export class Spans {
  readonly #open = new Map<string, Omit<Span, 'endAt'>>();
  readonly #done: Span[] = [];
  /** Packages that have come to a lane in their phase. */
  readonly #turned = new Set<string>();
  #lastAt = 0;

  see(event: Event): void {
    this.#lastAt = Math.max(this.#lastAt, event.at);
    const { type } = event;
    if (type === 'run.started') this.#begin('run', event, { kind: 'run', subject: OURS, name: event.command });
    else if (type === 'run.finished') this.#end('run', event, { outcome: event.outcome });
    else if (type.startsWith('phase.') || type.startsWith('test.') || type === 'package.finished') this.#seeStep(event);
    else if (type.startsWith('lock.') || type.startsWith('lane.')) this.#seeWait(event);
    else this.#seeWork(event);
  }

  /** In the order of their ends; what has not ended ends with the last event. */
  all(): Span[] {
    const unfinished = [...this.#open.values()].map((span) => ({
      ...{ ...span, endAt: this.#lastAt },
      facts: { ...span.facts, unfinished: true },
    }));
    return [...this.#done, ...unfinished];
  }

  #seeStep(event: Event): void {
    switch (event.type) {
      case 'phase.blocked':
        this.#begin(`wait ${event.package}`, event, {
          ...{ kind: 'wait', subject: event.package, name: `wait for ${listOf(event.on)}` },
          facts: { phase: event.phase, on: event.on },
        });
        break;
      case 'phase.started':
        this.#end(`wait ${event.package}`, event);
        this.#turned.delete(event.package);
        this.#begin(stepOf(event), event, { kind: 'phase', subject: event.package, name: event.phase });
        break;
      case 'phase.finished':
      case 'phase.failed':
        this.#endPhase(event);
        break;
      case 'package.finished':
        this.#endAllOf(event.package, event);
        break;
      case 'test.started':
        this.#begin(stepOf(event), event, { kind: 'test', subject: event.package, name: 'test' });
        break;
      case 'test.finished':
        this.#end(stepOf(event), event, { outcome: event.outcome });
    }
  }

  #seeWait(event: Event): void {
    switch (event.type) {
      case 'lane.entered':
        this.#endTurn(event);
        break;
      case 'lock.waiting':
        this.#begin(`lock ${event.package}`, event, {
          ...{ kind: 'wait', subject: event.package, name: 'wait for another process' },
          facts: event.owner ? { pid: event.owner.pid, command: event.owner.command } : {},
        });
        break;
      case 'lock.acquired':
        this.#end(`lock ${event.package}`, event);
    }
  }

  #seeWork(event: Event): void {
    switch (event.type) {
      case 'command.started':
        this.#begin(`command ${event.id}`, event, {
          ...{ kind: 'command', subject: event.package ?? OURS, name: nameOf(event.script) },
          facts: { script: event.script, cwd: event.cwd },
        });
        break;
      case 'command.finished':
        this.#end(`command ${event.id}`, event, { exitCode: event.exitCode });
        break;
      case 'fetch.started':
        this.#begin(`fetch ${event.package} ${event.url}`, event, {
          ...{ kind: 'fetch', subject: event.package ?? OURS, name: `fetch ${fileOf(event.url)}` },
          facts: { url: event.url },
        });
        break;
      case 'fetch.finished': {
        const { sizeBytes, from } = event;
        this.#end(`fetch ${event.package} ${event.url}`, event, { sizeBytes, from });
      }
    }
  }

  #begin(id: string, { at }: Event, span: Pick<Span, 'kind' | 'subject' | 'name'> & { facts?: JsonObject }): void {
    this.#open.set(id, { facts: {}, ...span, startAt: at });
  }

  #end(id: string, { at }: Event, facts: JsonObject = {}): void {
    const span = this.#open.get(id);
    if (span === undefined) return;
    this.#open.delete(id);
    this.#done.push({ ...span, facts: { ...span.facts, ...facts }, endAt: Math.max(span.startAt, at) });
  }

  /** What a phase or a package has begun does not outlive it, though nobody says how it went. */
  #endAllOf(subject: string, event: Event): void {
    for (const [id, span] of this.#open) if (span.subject === subject) this.#end(id, event, { unfinished: true });
  }

  #endPhase(event: Of<'phase.finished' | 'phase.failed'>): void {
    const id = stepOf(event);
    const phase = this.#open.get(id);
    this.#open.delete(id);
    this.#endAllOf(event.package, event);
    if (phase) this.#open.set(id, phase);
    this.#end(id, event, event.type === 'phase.failed' ? { failed: event.error.code } : {});
  }

  /** What a phase does for the first time in a lane, it has waited for since its start. */
  #endTurn(event: Of<'lane.entered'>): void {
    const { package: subject, lane, at } = event;
    const phase = this.#open.get(stepOf(event));
    if (phase === undefined || this.#turned.has(subject)) return;
    this.#turned.add(subject);
    if (at <= phase.startAt) return;
    const span = { kind: 'wait', subject, name: 'wait for its turn', facts: { lane } } as const;
    this.#done.push({ ...span, startAt: phase.startAt, endAt: at });
  }
}

/** A package is in one phase, or in its test. */
function stepOf({ package: subject }: { package: string }): string {
  return `step ${subject}`;
}

function listOf(names: readonly string[]): string {
  return names.length <= MOST_NAMED ? names.join(', ') : `${names.length} packages`;
}

function nameOf(script: string): string {
  const [first = ''] = script.trim().split('\n');
  return first.length > NAME_CHARACTERS ? `${first.slice(0, NAME_CHARACTERS)}…` : first;
}

function fileOf(url: string): string {
  return (
    url
      .replace(/[?#].*$/, '')
      .split('/')
      .findLast((part) => part !== '') ?? url
  );
}
