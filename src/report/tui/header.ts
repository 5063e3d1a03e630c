// What is said of the run as a whole: how long it takes, how far it is, how much of the machine is at work, and whether it
// waits for somebody else.
import type { Outcome } from '../../model/event.ts';
import { formatSeconds, joinFitting, type Look, tidy, widthFor } from './look.ts';
import { formatOwner, formatTransfer } from './row.ts';
import { type Span, span } from './spans.ts';
import type { PackageState, State } from './state.ts';
import { factsOf } from './transfer.ts';
import type { Ui } from './ui.ts';

export function headerOf(state: State, ui: Ui, look: Look): Span[] {
  const title = `galley ${state.command}`;
  const { failed = 0 } = state.outcomes;
  const bad = Math.max(failed, state.failed.size);
  const first = `${title} ${formatSeconds(look.now - state.startedAt)}`;
  const rest = [
    ...(ui.isCancelled ? ['cancelling'] : []),
    ...(bad > 0 ? [`${bad} failed`] : []),
    ...progressOf(state),
    ...countsOf(state, HITS),
    ...lanesOf(state),
    ...countsOf(state, OTHERS),
  ];
  const text = joinFitting([first, ...rest], widthFor(look), look);
  const from = text.slice(title.length);
  if (!text.startsWith(title)) return [span(text, 'strong')];
  return [span(title, 'strong'), span(from, bad > 0 ? 'bad' : ui.isCancelled ? 'warning' : undefined)];
}

function progressOf({ wanted, finished, packages }: State): string[] {
  if (wanted.size > 0) return [`${finished} of ${wanted.size} ${wanted.size === 1 ? 'package' : 'packages'}`];
  return packages.size > 0 ? [`${packages.size} ${packages.size === 1 ? 'recipe' : 'recipes'}`] : [];
}

/** The work that was saved comes first; failures have been told. */
const HITS: readonly Outcome[] = ['cached'];
const OTHERS: readonly Outcome[] = ['built', 'imported', 'installed', 'present', 'ran', 'blocked'];

function countsOf({ outcomes, tests }: State, told: readonly Outcome[]): string[] {
  const passed = told === HITS && tests.passed ? [`${tests.passed} passed`] : [];
  return [
    ...passed,
    ...told.filter((outcome) => outcomes[outcome]).map((outcome) => `${outcomes[outcome]} ${outcome}`),
  ];
}

function lanesOf({ lanes, jobs }: State): string[] {
  const cpu = lanes.cpu > 0 ? [`cpu ${lanes.cpu}/${jobs}`] : [];
  return [...cpu, ...(lanes.network > 0 ? [`network ${lanes.network}`] : [])];
}

/** `waiting for process 4711, galley sync, 12 s`: the longest wait for another process. */
export function waitingOf(state: State, look: Look): Span[] | undefined {
  const waiting = [...state.active].map((name) => state.packages.get(name) as PackageState).filter(({ lock }) => lock);
  const [longest] = waiting.toSorted((a, b) => (a.lock?.since ?? 0) - (b.lock?.since ?? 0));
  if (longest?.lock === undefined) return undefined;
  const { owner, since } = longest.lock;
  const who = formatOwner(owner, look);
  const others = waiting.length > 1 ? ` (${waiting.length} packages)` : '';
  return [span(`waiting for ${who}, ${formatSeconds(look.now - since)}${others}`, 'warning')];
}

/** Downloads that belong to no package have a line together. */
export function downloadsOf({ transfers }: State, look: Look): Span[] | undefined {
  const [url] = transfers.keys();
  if (url === undefined) return undefined;
  const what = transfers.size === 1 ? tidy(url, look) : `${transfers.size} downloads`;
  return [span(`fetching ${what}  ${formatTransfer(factsOf(transfers.values(), look.now))}`)];
}
