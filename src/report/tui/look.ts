// What a frame is drawn with: how large it may be, at which moment, in which signs and colours. Signs have a form for
// terminals that show nothing but ASCII.
import { stripControl } from '../../system/terminal.ts';
import type { Paint } from '../paint.ts';
import { cut } from './width.ts';

const TAB = 8;

export interface Signs {
  passed: string;
  current: string;
  ahead: string;
  failed: string;
  more: string;
  between: string;
  chosen: string;
}

const UNICODE: Signs = {
  ...{ passed: '■', current: '▶', ahead: '·', failed: '✗' },
  ...{ more: '…', between: ' · ', chosen: '›' },
};
const ASCII: Signs = {
  ...{ passed: '#', current: '>', ahead: '.', failed: 'x' },
  ...{ more: '...', between: ', ', chosen: '>' },
};

export interface Look {
  /** Of the terminal. */
  columns: number;
  rows: number;
  /** Epoch milliseconds. */
  now: number;
  unicode: boolean;
  signs: Signs;
  paint: Paint;
}

export function signsFor(unicode: boolean): Signs {
  return unicode ? UNICODE : ASCII;
}

/** The last column stays free: some terminals begin a new line as soon as it is written to. */
export function widthFor({ columns }: Pick<Look, 'columns'>): number {
  return Math.max(1, columns - 1);
}

/** One line of somebody else's text, without anything that is no letter. */
export function tidy(text: string, { unicode }: Pick<Look, 'unicode'>): string {
  const plain = stripControl(text).replace(/\s+/g, ' ').trim();
  return unicode ? plain : plain.replace(/[^ -~]/g, '?');
}

/** A line of a log: its columns stay below one another. */
export function tidyKeepingSpace(text: string, { unicode }: Pick<Look, 'unicode'>): string {
  const [first = '', ...rest] = stripControl(text).split('\t');
  const plain = rest.reduce((before, part) => before + ' '.repeat(TAB - (before.length % TAB)) + part, first);
  return unicode ? plain : plain.replace(/[^ -~]/g, '?');
}

/** Parts with a sign between them, as many of the first ones as fit. */
export function joinFitting(parts: readonly string[], columns: number, { signs }: Pick<Look, 'signs'>): string {
  let text = parts[0] ?? '';
  for (const part of parts.slice(1)) {
    const longer = `${text}${signs.between}${part}`;
    if (longer.length > columns) break;
    text = longer;
  }
  return cut(text, columns, signs.more);
}

/** `0:07`, `3:20`, `1:02:05`: a column of times is read at a glance. */
export function formatClock(durationMs: number): string {
  const seconds = Math.max(0, Math.floor(durationMs / 1000));
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const tail = String(seconds % 60).padStart(2, '0');
  return hours === 0 ? `${minutes}:${tail}` : `${hours}:${String(minutes).padStart(2, '0')}:${tail}`;
}

/** In whole seconds: a frame is drawn again only for what a person can see. */
export function formatSeconds(durationMs: number): string {
  const seconds = Math.max(0, Math.floor(durationMs / 1000));
  if (seconds < 60) return `${seconds} s`;
  return seconds < 3600
    ? `${Math.floor(seconds / 60)} min ${seconds % 60} s`
    : `${Math.floor(seconds / 3600)} h ${Math.floor(seconds / 60) % 60} min`;
}
