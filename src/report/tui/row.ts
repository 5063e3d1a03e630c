// One package as one line: its name, its ladder, what it does and for how long, and what that looks like right now.
import { formatSize } from '../../model/amount.ts';
import type { FailureFacts, LockOwner } from '../../model/event.ts';
import { type Phase, phaseRank } from '../../model/phase.ts';
import { formatClock, formatSeconds, type Look, tidy, widthFor } from './look.ts';
import { isQueued } from './rows.ts';
import { type Span, span } from './spans.ts';
import type { PackageState, State } from './state.ts';
import { lastLine } from './tail.ts';
import { factsOf, type TransferFacts } from './transfer.ts';
import { fit } from './width.ts';

/** The rungs that a ladder shows; the others are short, or named when they are current. */
export const RUNGS: readonly Phase[] = ['check', 'fetch', 'stage', 'build', 'install'];

/** `install`, and the longest outcome but `cancelled` and `installed`. */
const WORD = 8;
const CLOCK = 5;
/** Below that a ladder would take the place of what is said. */
const LADDER_FROM = 56;
const LEAST_NAME = 12;

/** How wide names are shown: the same for all rows and frames, as columns that jump cannot be read. */
export function nameWidth({ widestName }: State, look: Look): number {
  return Math.min(Math.max(LEAST_NAME, widestName), Math.max(LEAST_NAME, Math.floor(widthFor(look) / 3)));
}

/** @param given the width of its name, and whether it is the chosen one */
export function rowOf(one: PackageState, state: State, look: Look, given: { name: number; isChosen: boolean }): Span[] {
  const { signs } = look;
  const { word, clock, tone } = stateOf(one, look);
  return [
    span(given.isChosen ? `${signs.chosen} ` : '  ', 'hint'),
    span(fit(tidy(one.name, look), given.name, signs.more), given.isChosen ? 'strong' : undefined),
    ...(look.columns < LADDER_FROM ? [] : [span('  '), span(ladderOf(one, look), tone)]),
    span(`  ${word.padEnd(WORD)}`, tone),
    span(clock.padStart(CLOCK)),
    span('  '),
    detailOf(one, state, look),
  ];
}

/** What it does or how it ended, and for how long. */
function stateOf(one: PackageState, { now }: Look): { word: string; clock: string; tone?: Span['tone'] } {
  const { doing, since, outcome, error, reached, durationMs } = one;
  if (doing !== undefined)
    return { word: doing, clock: formatClock(now - since), tone: isQueued(one) ? 'faint' : 'hint' };
  const clock = durationMs ? formatClock(durationMs) : '';
  if (error !== undefined) return { word: reached ?? 'failed', clock, tone: 'bad' };
  if (outcome === undefined) return { word: '', clock, tone: 'faint' };
  return { word: outcome, clock, tone: outcome === 'blocked' || outcome === 'cancelled' ? 'warning' : 'good' };
}

function ladderOf(one: PackageState, { signs }: Look): string {
  return RUNGS.map((rung) => signs[signOf(rung, one)]).join('');
}

function signOf(
  rung: Phase,
  { doing, reached, error, outcome }: PackageState,
): 'passed' | 'current' | 'ahead' | 'failed' {
  if (doing === rung) return 'current';
  if (doing === undefined && error !== undefined && reached === rung) return 'failed';
  const isSettled = doing === undefined && error === undefined && outcome !== undefined;
  if (isSettled) return outcome === 'blocked' || outcome === 'cancelled' ? 'ahead' : 'passed';
  return reached !== undefined && phaseRank(reached) >= phaseRank(rung) ? 'passed' : 'ahead';
}

function detailOf(one: PackageState, state: State, look: Look): Span {
  const { doing, lock, error, transfers, note, tail, name } = one;
  if (doing === undefined) {
    if (error !== undefined) return span(tidy(complaint(one, error), look), 'bad');
    return state.blocked.has(name) ? span('waits for others', 'faint') : span('');
  }
  if (state.borrower === name) return span('has the terminal', 'warning');
  if (lock !== undefined)
    return span(`waits for ${formatOwner(lock.owner, look)}, ${formatSeconds(look.now - lock.since)}`, 'warning');
  if (transfers.size > 0) return span(formatTransfer(factsOf(transfers.values(), look.now)));
  if (isQueued(one)) return span('waits for its turn', 'faint');
  return span(tidy(note ?? lastLine(tail) ?? '', look), 'faint');
}

/** `process 4711, galley sync`; on which host, when that is another one, is in the log. */
export function formatOwner(owner: LockOwner | undefined, look: Look): string {
  return owner === undefined ? 'another process' : `process ${owner.pid}, ${tidy(owner.command, look)}`;
}

/** `45 % of 120.0 MiB, 12.3 MiB/s, 5 s left` */
export function formatTransfer({ receivedBytes, sizeBytes, bytesPerSecond, leftMs }: TransferFacts): string {
  const amount =
    sizeBytes === undefined || sizeBytes === 0
      ? formatSize(receivedBytes)
      : `${Math.min(100, Math.floor((100 * receivedBytes) / sizeBytes))} % of ${formatSize(sizeBytes)}`;
  const speed = receivedBytes === 0 ? [] : [`${formatSize(Math.round(bytesPerSecond))}/s`];
  return [amount, ...speed, ...(leftMs === undefined ? [] : [`${formatSeconds(leftMs)} left`])].join(', ');
}

/** That a command has failed is to be seen; what it said last may be why. */
function complaint({ tail }: PackageState, { code, message }: FailureFacts): string {
  return (code === 'COMMAND_FAILED' ? lastLine(tail) : undefined) ?? firstLine(message);
}

function firstLine(text: string): string {
  return text.trim().split('\n')[0] ?? '';
}
