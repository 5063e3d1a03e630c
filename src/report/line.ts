// One event as one line of text, or as none. Knows neither what came before nor whether the line will be shown.
import { formatDuration, formatSize } from '../model/amount.ts';
import type { Event, Outcome, TestOutcome } from '../model/event.ts';
import { stripControl } from '../system/terminal.ts';
import type { Paint } from './paint.ts';

/** `detail` is for --verbose only; `problem` survives --quiet. */
export type Weight = 'detail' | 'normal' | 'problem';

export interface Line {
  weight: Weight;
  text: string;
}

type Formats = { [T in Event['type']]?: (event: Extract<Event, { type: T }>, paint: Paint) => Line };

/** The word column is as wide as the longest outcome. */
const WORD = 9;

/** `rest` may hold what a server or a command said. */
function line(word: string, subject: string, rest = ''): string {
  return `${word.padEnd(WORD)}  ${subject}${rest === '' ? '' : `  ${stripControl(rest)}`}`;
}

const normal = (text: string): Line => ({ weight: 'normal', text });
const detail = (text: string, paint: Paint): Line => ({ weight: 'detail', text: paint.faint(text) });

/** Events that are missing here say nothing to a person, or are told by another reader of the stream. */
const FORMATS: Formats = {
  'package.finished': formatOutcome,
  'package.reopened': ({ package: subject, reason }, paint) => ({
    weight: 'problem',
    text: paint.warning(line('warning', subject, `is made anew: ${reason}`)),
  }),
  'test.finished': formatTest,
  'recipe.deprecated': ({ package: subject, message, replacement }, paint) => ({
    weight: 'problem',
    text: paint.warning(
      line('warning', subject, `deprecated: ${message}${replacement ? `; use "${replacement}"` : ''}`),
    ),
  }),
  'source.pinned': ({ package: subject, url, sha256 }) =>
    normal(line('pinned', subject, `${url} sha256 ${sha256} (trusted on first use)`)),
  'lock.waiting': ({ package: subject, owner }) => {
    const who = owner ? `for process ${owner.pid} on ${owner.host} (${owner.command})` : 'for another process';
    return normal(line('waiting', subject, who));
  },
  'fetch.retried': ({ package: subject, url, attempt, reason, delayMs }, paint) => {
    // Nearly every reason begins with the address; one that names another says it all.
    const why = reason.split(`"${url}": `).at(-1);
    const when = `in ${formatDuration(delayMs)} after attempt ${attempt}: ${why}`;
    const text = line('retrying', subject ?? url, subject === undefined ? when : `${url} ${when}`);
    return { weight: 'problem', text: paint.warning(text) };
  },
  // A mirror need not have everything; one that does not answer is worth a look.
  'mirror.failed': ({ package: subject, url, reason, isMissing }, paint) => {
    const text = line('elsewhere', subject ?? url, reason);
    return isMissing ? detail(text, paint) : { weight: 'problem', text: paint.warning(text) };
  },
  'depot.refused': ({ depot, package: subject, error, isKnown }, paint) =>
    isKnown
      ? detail(line('refused', subject ?? depot, firstLine(error.message)), paint)
      : { weight: 'problem', text: paint.warning(line('warning', subject ?? depot, firstLine(error.message))) },
  'log.message': formatLog,
  'launcher.removed': ({ product, file }) => normal(line('removed', product, file)),
  'output.attempted': formatAttempt,
  'output.placed': ({ product, file, sizeBytes, isCopied }) =>
    normal(line(isCopied ? 'placed' : 'in place', product, `${file} (${formatSize(sizeBytes)})`)),
  'output.tried': ({ product, file, exitCode }) => normal(line('tried', product, `${file} exit ${exitCode}`)),
  'output.removed': ({ product, file }) => normal(line('removed', product, file)),

  'phase.started': ({ package: subject, phase }, paint) => detail(line('phase', subject, phase), paint),
  'cache.missed': ({ package: subject, key }, paint) => detail(line('missed', subject, key), paint),
  'depot.consulted': ({ depot, entries, from }, paint) =>
    detail(line('asked', depot, `${entries} entries${from === 'cache' ? ', unchanged' : ''}`), paint),
  'entry.imported': ({ package: subject, depot, sizeBytes }, paint) =>
    detail(line('imported', subject, `${depot} (${formatSize(sizeBytes)})`), paint),
  'entry.exported': ({ package: subject, depot, sizeBytes, added }, paint) =>
    added
      ? normal(line('exported', subject, `${depot} (${formatSize(sizeBytes)})`))
      : detail(line('present', subject, depot), paint),
  'cache.verified': ({ path, sizeBytes, differences }, paint) =>
    detail(line(differences === 0 ? 'verified' : 'damaged', path, `(${formatSize(sizeBytes)})`), paint),
  'check.finished': ({ package: subject, when, result }, paint) =>
    detail(line('check', subject, `${when}: ${result}`), paint),
  'install.fallback': ({ package: subject, branch }, paint) => detail(line('fallback', subject, branch), paint),
  'command.started': ({ package: subject, script }, paint) =>
    detail(line('command', subject ?? '', firstLine(script)), paint),
  'fetch.finished': ({ package: subject, url, sizeBytes, from }, paint) =>
    deed('fetched', subject, { what: url, amount: `${formatSize(sizeBytes)}, ${from}` }, paint),
  'archive.extracted': ({ package: subject, file, entries, sizeBytes }, paint) =>
    deed('extracted', subject, { what: file, amount: `${entries} entries, ${formatSize(sizeBytes)}` }, paint),
  'output.line': ({ package: subject = 'galley', text }, paint) => ({
    weight: 'detail',
    text: stripControl(text)
      .split('\n')
      .map((output) => `${paint.faint(`${subject} |`)} ${output}`)
      .join('\n'),
  }),
};

/** What went well is told when it is placed; what did not may be the reason for a later failure. */
function formatAttempt(event: Extract<Event, { type: 'output.attempted' }>, paint: Paint): Line {
  const { product, strategy, source, attempt, code, errno = code } = event;
  const text = line('copying', product, `by ${strategy} from ${source}, attempt ${attempt}: ${errno ?? 'done'}`);
  return code === undefined ? detail(text, paint) : { weight: 'problem', text: paint.warning(text) };
}

/** A step on the way to a package is a detail; without a package it is what was asked for. */
function deed(word: string, subject: string | undefined, of: { what: string; amount: string }, paint: Paint): Line {
  if (subject === undefined) return normal(line(word, stripControl(of.what), `(${of.amount})`));
  return detail(line(word, subject, `${of.what} (${of.amount})`), paint);
}

export function formatEvent(event: Event, paint: Paint): Line | undefined {
  // The table has a function for exactly this member of the union; TypeScript cannot follow that by itself.
  const format = FORMATS[event.type] as ((event: Event, paint: Paint) => Line) | undefined;
  return format?.(event, paint);
}

/** Outcomes in which something was done are worth a duration. */
const WORKED: ReadonlySet<Outcome> = new Set<Outcome>(['built', 'imported', 'installed', 'ran', 'failed']);

function formatOutcome(event: Extract<Event, { type: 'package.finished' }>, paint: Paint): Line {
  const { outcome, error } = event;
  const facts = WORKED.has(outcome) ? [formatDuration(event.durationMs)] : [];
  if (error) facts.push(firstLine(error.message));
  const color = { failed: paint.bad, blocked: paint.warning, cancelled: paint.warning }[outcome as string];
  const isProblem = outcome === 'failed' || outcome === 'blocked';
  const text = line(outcome, event.package, facts.join('  ')).replace(outcome, color ?? paint.good);
  return { weight: isProblem ? 'problem' : 'normal', text };
}

/** Why there is no outcome of a test. */
const UNTRIED: Partial<Record<TestOutcome, string>> = {
  untested: 'its recipe has no test',
  skipped: 'not for this platform',
  blocked: 'cannot be tested: it, or what it needs, could not be made',
  cancelled: 'test',
};

function formatTest(event: Extract<Event, { type: 'test.finished' }>, paint: Paint): Line {
  const { outcome, durationMs, error, package: subject } = event;
  const facts = [UNTRIED[outcome] ?? formatDuration(durationMs)];
  if (error) facts.push(firstLine(error.message));
  const color = outcome === 'passed' ? paint.good : outcome === 'failed' ? paint.bad : paint.warning;
  const text = line(outcome, subject, facts.join('  ')).replace(outcome, color);
  return { weight: outcome === 'failed' || outcome === 'blocked' ? 'problem' : 'normal', text };
}

const LEVEL_WORDS = { debug: 'debug', info: 'info', warn: 'warning', error: 'error' } as const;

function formatLog({ package: subject, level, text }: Extract<Event, { type: 'log.message' }>, paint: Paint): Line {
  const message = stripControl(text);
  // What galley itself says in passing needs no label.
  const told =
    subject === undefined && level === 'info'
      ? message
      : line(LEVEL_WORDS[level], subject ?? message, subject && message);
  if (level === 'debug') return detail(told, paint);
  if (level === 'info') return normal(told);
  return { weight: 'problem', text: level === 'warn' ? paint.warning(told) : paint.bad(told) };
}

function firstLine(text: string): string {
  const [first = '', ...rest] = stripControl(text).trim().split('\n');
  return rest.length > 0 ? `${first} …` : first;
}
