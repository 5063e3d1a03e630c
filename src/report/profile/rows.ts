// Which row of a profile a span stands in. Viewers draw a span inside of another of its row when it lies within it, and
// draw nonsense when two overlap: of those, one goes to a row of its own.
import type { Span } from './spans.ts';

export interface Row {
  name: string;
  /** By their start, and those that hold others before these. */
  spans: Span[];
}

/** Subjects in the order in which they begin; the second row of one is called `acme.zlib@r2 (2)`. */
export function arrange(spans: readonly Span[]): Row[] {
  const ordered = spans.toSorted((a, b) => a.startAt - b.startAt || b.endAt - a.endAt || rankOf(a) - rankOf(b));
  return [...Map.groupBy(ordered, ({ subject }) => subject)].flatMap(([subject, own]) => rowsOf(subject, own));
}

/** Of two that are equally long, the command is in the phase. */
function rankOf({ kind }: Span): number {
  return ['run', 'phase', 'test', 'wait', 'command', 'fetch'].indexOf(kind);
}

function rowsOf(subject: string, spans: readonly Span[]): Row[] {
  const rows: (Row & { within: Span[] })[] = [];
  for (const span of spans) {
    const row = rows.find(({ within }) => hasRoom(within, span));
    if (row) {
      row.spans.push(span);
      row.within.push(span);
    } else {
      const name = rows.length === 0 ? subject : `${subject} (${rows.length + 1})`;
      rows.push({ name, spans: [span], within: [span] });
    }
  }
  return rows.map(({ name, spans: own }) => ({ name, spans: own }));
}

/** @param within the spans of a row that hold one another, outermost first; those that are over are taken away */
function hasRoom(within: Span[], { startAt, endAt }: Span): boolean {
  for (let last = within.at(-1); last && last.endAt <= startAt; last = within.at(-1)) within.pop();
  const last = within.at(-1);
  return last === undefined || endAt <= last.endAt;
}
