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

export interface Spans {
  see(event: Event): void;
  /** In the order of their ends; what has not ended ends with the last event. */
  all(): Span[];
}

const OURS = 'galley';

/** More names than this do not fit into what is drawn. */
const MOST_NAMED = 3;

/** Enough of a script to know it by. */
const NAME_CHARACTERS = 60;

export function createSpans(): Spans {
  const open = new Map<string, Omit<Span, 'endAt'>>();
  const done: Span[] = [];
  let lastAt = 0;

  function begin(id: string, { at }: Event, span: Pick<Span, 'kind' | 'subject' | 'name'> & { facts?: JsonObject }) {
    open.set(id, { facts: {}, ...span, startAt: at });
  }

  function end(id: string, { at }: Event, facts: JsonObject = {}): void {
    const span = open.get(id);
    if (span === undefined) return;
    open.delete(id);
    done.push({ ...span, facts: { ...span.facts, ...facts }, endAt: Math.max(span.startAt, at) });
  }

  /** What a phase or a package has begun does not outlive it, though nobody says how it went. */
  function endAllOf(subject: string, event: Event): void {
    for (const [id, span] of open) if (span.subject === subject) end(id, event, { unfinished: true });
  }

  function endPhase(event: Extract<Event, { type: 'phase.finished' | 'phase.failed' }>): void {
    const { package: subject } = event;
    const phase = open.get(`phase ${subject}`);
    open.delete(`phase ${subject}`);
    endAllOf(subject, event);
    if (phase) open.set(`phase ${subject}`, phase);
    end(`phase ${subject}`, event, event.type === 'phase.failed' ? { failed: event.error.code } : {});
  }

  return {
    see(event) {
      lastAt = Math.max(lastAt, event.at);
      switch (event.type) {
        case 'run.started':
          return begin('run', event, { kind: 'run', subject: OURS, name: event.command });
        case 'run.finished':
          return end('run', event, { outcome: event.outcome });
        case 'phase.blocked':
          return begin(`wait ${event.package}`, event, {
            ...{ kind: 'wait', subject: event.package, name: `wait for ${listOf(event.on)}` },
            facts: { phase: event.phase, on: event.on },
          });
        case 'phase.started':
          end(`wait ${event.package}`, event);
          return begin(`phase ${event.package}`, event, { kind: 'phase', subject: event.package, name: event.phase });
        case 'phase.finished':
        case 'phase.failed':
          return endPhase(event);
        case 'package.finished':
          return endAllOf(event.package, event);
        case 'test.started':
          return begin(`phase ${event.package}`, event, { kind: 'test', subject: event.package, name: 'test' });
        case 'test.finished':
          return end(`phase ${event.package}`, event, { outcome: event.outcome });
        case 'lock.waiting':
          return begin(`lock ${event.package}`, event, {
            ...{ kind: 'wait', subject: event.package, name: 'wait for another process' },
            facts: event.owner ? { pid: event.owner.pid, command: event.owner.command } : {},
          });
        case 'lock.acquired':
          return end(`lock ${event.package}`, event);
        case 'command.started':
          return begin(`command ${event.id}`, event, {
            ...{ kind: 'command', subject: event.package ?? OURS, name: nameOf(event.script) },
            facts: { script: event.script, cwd: event.cwd },
          });
        case 'command.finished':
          return end(`command ${event.id}`, event, { exitCode: event.exitCode });
        case 'fetch.started':
          return begin(`fetch ${event.package} ${event.url}`, event, {
            ...{ kind: 'fetch', subject: event.package ?? OURS, name: `fetch ${fileOf(event.url)}` },
            facts: { url: event.url },
          });
        case 'fetch.finished': {
          const { sizeBytes, from } = event;
          return end(`fetch ${event.package} ${event.url}`, event, { sizeBytes, from });
        }
      }
    },
    all: () => [
      ...done,
      ...[...open.values()].map((span) => ({
        ...{ ...span, endAt: lastAt },
        facts: { ...span.facts, unfinished: true },
      })),
    ],
  };
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
