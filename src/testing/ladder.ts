// A ladder with the rungs of a package in miniature, nodes that do what a test says, and a record of what happened.
import { Ladder, type LadderEvent, type LadderOptions, type Rung } from '../ladder/ladder.ts';

export const RUNGS = [
  { name: 'recipe', payload: false },
  { name: 'resolve', payload: false },
  { name: 'check', payload: false },
  { name: 'import', payload: true },
  { name: 'fetch', payload: true, demandsAhead: true },
  { name: 'build', payload: true },
  { name: 'setup', payload: false },
  { name: 'done', payload: false },
] as const satisfies Rung<string>[];

export type Name = (typeof RUNGS)[number]['name'];

export const NAMES: readonly Name[] = RUNGS.map((rung) => rung.name);

/** What a node does on its rungs; nothing where nothing is said. */
// biome-ignore lint/suspicious/noConfusingVoidType: a step that answers nothing is written without a return
export type Steps = Partial<Record<Name, () => Promise<'settled' | void> | 'settled' | void>>;

export interface LadderRig {
  ladder: Ladder<Name>;
  events: LadderEvent<Name>[];
  /** Steps that began, as `a:build`, in order. */
  started(): string[];
  add(key: string, steps?: Steps): void;
  /** `neededBy` build and `through` setup unless said otherwise. */
  link(from: string, to: string, rungs?: { neededBy?: Name; through?: Name; always?: boolean }): void;
}

export function createLadderRig(options: Partial<LadderOptions<Name>> = {}): LadderRig {
  const events: LadderEvent<Name>[] = [];
  const ladder = new Ladder<Name>({
    rungs: RUNGS,
    signal: new AbortController().signal,
    defer: setImmediate,
    observe: (event) => events.push(event),
    ...options,
  });
  return {
    ladder,
    events,
    started: () => events.filter(({ type }) => type === 'started').map(({ key, rung }) => `${key}:${rung}`),
    add: (key, steps = {}) => ladder.add({ key, step: async (rung) => (await steps[rung]?.()) || undefined }),
    link: (from, to, rungs) => ladder.link({ from, to, neededBy: 'build', through: 'setup', ...rungs }),
  };
}

/** Lets everything happen that can happen without the test. */
export function quiesce(): Promise<void> {
  return new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
}
