// The whole live area as lines: never more than the terminal has, never wider than it is, and the same for the same state,
// choice and moment. What has no room is counted.
import { downloadsOf, headerOf, waitingOf } from './header.ts';
import { logView } from './log-view.ts';
import { joinFitting, type Look, widthFor } from './look.ts';
import { nameWidth, RUNGS, rowOf } from './row.ts';
import { listOf, type Window, windowOf } from './rows.ts';
import { drawLine, type Span, span } from './spans.ts';
import type { State } from './state.ts';
import { positionOf, type Ui } from './ui.ts';

/** More rows than this nobody follows, and each costs time to draw. */
export const MOST_ROWS = 14;

/** The line below the last one stays free: it is where the cursor rests. */
function heightFor({ rows }: Look): number {
  return Math.max(1, rows - 1);
}

export function frame(state: State, ui: Ui, look: Look): string[] {
  const height = heightFor(look);
  const lines = ui.isHelp ? help(look) : ui.log ? logView(state, ui.log, look, height) : overview(state, ui, look);
  // Keys are told where there is room for them.
  const footer = height > 4 || ui.isLeaving ? [footerOf(ui, look)] : [];
  return [...lines.slice(0, height - footer.length), ...footer].map((line) => drawLine(line, look));
}

/** How far a page of the list or of the log reaches. */
export function pageOf(ui: Ui, look: Look): number {
  const height = heightFor(look);
  return Math.max(1, ui.log ? height - 2 : Math.min(MOST_ROWS, height - 3));
}

function overview(state: State, ui: Ui, look: Look): Span[][] {
  const above = [headerOf(state, ui, look), waitingOf(state, look), downloadsOf(state, look)].filter(
    (line) => line !== undefined,
  );
  // Below: what is not shown, and the keys.
  const room = Math.max(0, Math.min(MOST_ROWS, heightFor(look) - above.length - 2));
  const position = positionOf(listOf(state, ui.filter), ui);
  const window = windowOf(state, ui.filter, room, position);
  const width = nameWidth(state, look);
  const chosen = position === undefined ? undefined : listOf(state, ui.filter)[position];
  const rows = window.rows.map((one) => rowOf(one, state, look, { name: width, isChosen: one === chosen }));
  const rest = restOf(window, state, ui, look);
  return [...above, ...rows, ...(rest === undefined ? [] : [rest])];
}

function restOf({ rows, hidden }: Window, { blocked }: State, { filter }: Ui, look: Look): Span[] | undefined {
  const parts = [
    ...(hidden.active > 0 ? [`${hidden.active} more at work`] : []),
    ...(hidden.failed > 0 ? [`${hidden.failed} more failed`] : []),
    ...(hidden.others > 0 ? [`${hidden.others} more`] : []),
    ...(blocked.size > 0 && filter === 'live' ? [`${blocked.size} wait for others`] : []),
    ...(filter === 'failed' && rows.length === 0 ? ['nothing has failed'] : []),
  ];
  if (parts.length === 0) return undefined;
  return [span(joinFitting([`  ${parts[0]}`, ...parts.slice(1)], widthFor(look), look), 'faint')];
}

const KEYS: Record<'list' | 'log' | 'help', readonly string[]> = {
  list: ['q quit', '? help', '↑↓ choose', 'enter log', 'f failures', 'a all'],
  log: ['esc back', '? help', '↑↓ scroll', 'ctrl-c quit'],
  help: ['any key: back'],
};

function footerOf(ui: Ui, look: Look): Span[] {
  if (ui.isLeaving) return [span('Cancel the run? q or y: yes, any other key: no', 'warning')];
  const keys = KEYS[ui.isHelp ? 'help' : ui.log ? 'log' : 'list'].map((key) => plain(key, look));
  const filter =
    ui.filter === 'live' || ui.log || ui.isHelp ? [] : [ui.filter === 'failed' ? 'failures' : 'all packages'];
  return [span(joinFitting([...filter, ...keys], widthFor(look), look), 'faint')];
}

function help(look: Look): Span[][] {
  const { signs } = look;
  const rungs = `${signs.passed} done  ${signs.current} at work  ${signs.ahead} ahead  ${signs.failed} failed`;
  return [
    'up, down, page up, page down, home, end   choose a package, scroll a log',
    'enter    what the chosen package has printed',
    'f        failures only, and back',
    'a        all packages, and back',
    'esc      back',
    'q        quit: cancels the run, once that is confirmed',
    'ctrl-c   cancels the run; again: ends it at once',
    'ctrl-z   stops galley until "fg"',
    '',
    `The ladder of a package: ${RUNGS.join(', ')}`,
    `  ${rungs}`,
  ].map((line) => [span(line)]);
}

function plain(text: string, { unicode }: Look): string {
  return unicode ? text : text.replace('↑↓', 'up/down');
}
