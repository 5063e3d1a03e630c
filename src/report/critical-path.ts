// What a run has waited for: the chain of steps of which each could begin only when the one before it was done, as it
// needed that or its place in a lane. To make any other step faster would not have ended the run earlier.
import { formatDuration } from '../model/amount.ts';
import type { Event, LaneName } from '../model/event.ts';
import type { Phase } from '../model/phase.ts';

/** A phase of a package, or its test. */
export interface Step {
  package: string;
  phase: Phase | 'test';
  durationMs: number;
}

/** A step that has begun. */
interface Begun {
  phase: Step['phase'];
  startAt: number;
  before: Link | undefined;
  /** Since then it works; until then it waits for its turn. */
  enteredAt?: number;
}

interface Link extends Step {
  endAt: number;
  before: Link | undefined;
}

export interface CriticalPath {
  see(event: Event): void;
  /** First to last, as far as the run has come. */
  steps(): Step[];
}

/** Remembers only what could still be on the chain. */
export function createCriticalPath(): CriticalPath {
  /** The newest step of each package. */
  const newest = new Map<string, Link>();
  const waiting = new Map<string, readonly string[]>();
  const running = new Map<string, Begun>();
  /** Who has made room last, in each lane. */
  const leavers = new Map<LaneName, Link>();
  let last: Link | undefined;

  function start(name: string, phase: Step['phase'], startAt: number): void {
    const earlier = [name, ...(waiting.get(name) ?? [])].map((one) => newest.get(one));
    waiting.delete(name);
    running.set(name, { phase, startAt, before: earlier.reduce(later, undefined) });
  }

  function enter({ package: name, lane, at }: Extract<Event, { type: 'lane.entered' }>): void {
    const step = running.get(name);
    if (step === undefined || step.enteredAt !== undefined) return;
    step.enteredAt = at;
    if (at > step.startAt) step.before = later(step.before, leavers.get(lane));
  }

  function linkOf(name: string, step: Begun, endAt: number): Link {
    const durationMs = Math.max(0, endAt - (step.enteredAt ?? step.startAt));
    return { package: name, phase: step.phase, durationMs, endAt, before: step.before };
  }

  function leave({ package: name, lane, at }: Extract<Event, { type: 'lane.left' }>): void {
    const step = running.get(name);
    if (step) leavers.set(lane, linkOf(name, step, at));
  }

  function finish({ at, package: name }: Event & { package: string }): void {
    const step = running.get(name);
    if (step === undefined) return;
    running.delete(name);
    const link = linkOf(name, step, at);
    newest.set(name, link);
    last = later(last, link);
  }

  return {
    see(event) {
      if (event.type === 'phase.blocked') waiting.set(event.package, event.on);
      if (event.type === 'phase.started') start(event.package, event.phase, event.at);
      if (event.type === 'test.started') start(event.package, 'test', event.at);
      if (event.type === 'lane.entered') enter(event);
      if (event.type === 'lane.left') leave(event);
      if (event.type === 'phase.finished' || event.type === 'phase.failed') finish(event);
      if (event.type === 'test.finished') finish(event);
    },
    steps() {
      const steps: Step[] = [];
      for (let link = last; link; link = link.before) {
        steps.unshift({ package: link.package, phase: link.phase, durationMs: link.durationMs });
      }
      return steps;
    },
  };
}

function later(one: Link | undefined, other: Link | undefined): Link | undefined {
  return other === undefined || (one !== undefined && one.endAt > other.endAt) ? one : other;
}

/** Nobody looks for what made a shorter run long. */
const LEAST_RUN_MS = 5_000;
/** A step is worth a word from this share of the time on, and the chain if such steps have that of all together. */
const LEAST_SHARE = { step: 0.1, together: 0.5 };
const MOST_NAMED = 3;

/** `71 % of the time was acme.gcc@r1 build (2 min 20 s), 12 % acme.app@r1 build`; undefined where that says nothing. */
export function formatCriticalPath(steps: readonly Step[], runMs: number): string | undefined {
  if (runMs < LEAST_RUN_MS) return undefined;
  const named = steps
    .filter(({ durationMs }) => durationMs >= LEAST_SHARE.step * runMs)
    .sort((a, b) => b.durationMs - a.durationMs)
    .slice(0, MOST_NAMED);
  const [first, ...others] = named;
  const togetherMs = named.reduce((sum, { durationMs }) => sum + durationMs, 0);
  if (first === undefined || togetherMs < LEAST_SHARE.together * runMs) return undefined;
  // Clocks that jump must not have a step take longer than all.
  const shareOf = ({ durationMs }: Step) => `${Math.min(100, Math.round((100 * durationMs) / runMs))} %`;
  const nameOf = (step: Step) => `${step.package} ${step.phase}`;
  const rest = others.map((step) => `, ${shareOf(step)} ${nameOf(step)}`);
  return `${shareOf(first)} of the time was ${nameOf(first)} (${formatDuration(first.durationMs)})${rest.join('')}`;
}
