// What people are shown of events: every text in them without what a terminal would obey. Names of files, places and
// packages come from authors as much as messages do, so nothing is taken for harmless by its field.
import type { Event } from '../model/event.ts';
import { stripControl } from '../system/terminal.ts';
import type { Reporter } from './reporter.ts';

/** Texts of several lines; in a name a line feed could only pretend to be the next outcome. */
const HAVE_LINES: ReadonlySet<string> = new Set([
  ...['text', 'script', 'message', 'hint', 'notes', 'reason', 'excerpt', 'tail', 'stdout', 'stderr', 'output'],
]);

/** A reporter that hears of nothing else. */
export function inPlainWords(reporter: Reporter): Reporter {
  return {
    report: (event) => reporter.report(plain(event, 'event') as Event),
    close: () => reporter.close(),
    ...(reporter.isLagging && { isLagging: () => reporter.isLagging?.() ?? false }),
  };
}

function plain(value: unknown, name: string): unknown {
  if (typeof value === 'string') {
    const text = stripControl(value);
    return HAVE_LINES.has(name) ? text : text.replaceAll('\n', ' ');
  }
  if (Array.isArray(value)) return value.map((item) => plain(item, name));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, plain(member, key)]));
}
