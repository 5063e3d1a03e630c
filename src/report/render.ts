// One problem as text for people, compact like a compiler's: place and message, the line of source, what the command
// said last, notes, the log, a hint, and the code last. Reads no file: the line of source comes with the problem.
import { CODES } from '../model/codes.ts';
import type { FailureFacts } from '../model/event.ts';
import { formatLocation, type Location } from '../model/location.ts';
import { stripControl } from '../system/terminal.ts';
import type { Paint } from './paint.ts';

export interface Problem {
  error: FailureFacts;
  /** The last lines that the failed command printed. */
  output?: readonly string[];
  /** Absolute path of the full log. */
  logFile?: string | undefined;
}

/** A problem that belongs to no phase brings what its command printed along. */
export function problemAlone(error: FailureFacts): Problem {
  const { tail, log } = error.facts ?? {};
  return {
    error,
    ...(Array.isArray(tail) ? { output: tail } : {}),
    ...(typeof log === 'string' ? { logFile: log } : {}),
  };
}

export function renderProblem({ error, output = [], logFile }: Problem, paint: Paint): string {
  const lines = [
    headOf(error, paint),
    ...(error.location && error.excerpt !== undefined ? excerptOf(error.location, error.excerpt, paint) : []),
    ...output.map((line) => `  ${paint.faint('|')} ${stripControl(line)}`),
    ...(error.notes ?? []).map((note) => `  note: ${stripControl(note)}`),
    ...commandOf(error),
    ...(logFile === undefined ? [] : [`  log:  ${logFile}`]),
    ...(typeof error.facts?.reproduce === 'string' ? [`  open: ${stripControl(error.facts.reproduce)}`] : []),
    ...(error.hint === undefined ? [] : [paint.hint(`  hint: ${stripControl(error.hint)}`)]),
    paint.faint(`  code: ${error.code}`),
  ];
  return lines.join('\n');
}

/** What ran, as far as the message has not said it, and where. */
function commandOf({ facts = {}, message }: FailureFacts): string[] {
  const { script, cwd } = facts;
  if (typeof script !== 'string' || typeof cwd !== 'string') return [];
  const lines = stripControl(script.trim()).split('\n');
  const isTold = lines.length === 1 && message.includes(`"${script.trim()}"`);
  const shown = lines.length > MOST_SCRIPT_LINES ? [...lines.slice(0, MOST_SCRIPT_LINES - 1), '…'] : lines;
  return [...(isTold ? [] : shown.map((line, at) => `  ${at === 0 ? 'ran: ' : '     '} ${line}`)), `  in:   ${cwd}`];
}

/** The rest is in the recipe. */
const MOST_SCRIPT_LINES = 8;

function headOf({ code, message, location }: FailureFacts, paint: Paint): string {
  const label = CODES[code].blame === 'advice' ? paint.warning('advice:') : paint.bad('error:');
  const place = location ? `${paint.strong(formatLocation(location))}: ` : '';
  return `${place}${label} ${stripControl(message).replaceAll('\n', '\n  ')}`;
}

/** More than this of one line helps nobody; minified sources have a single one. */
const WIDEST = 160;

function excerptOf({ line, column, length = 1 }: Location, source: string, paint: Paint): string[] {
  const gutter = String(line);
  const start = Math.max(0, column - 1 - WIDEST / 2);
  const shown = stripControl(source.slice(start, start + WIDEST));
  // Tabs are kept, so that the squiggle stands below its word whatever width the terminal gives them.
  const indent = shown.slice(0, column - 1 - start).replace(/[^\t]/g, ' ');
  const squiggle = '^'.repeat(Math.max(1, Math.min(length, shown.length - indent.length)));
  return [
    `  ${paint.faint(`${gutter} |`)} ${shown}`,
    `  ${paint.faint(`${' '.repeat(gutter.length)} |`)} ${indent}${paint.bad(squiggle)}`,
  ];
}
