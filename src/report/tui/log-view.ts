// What one package has printed, as a window on its last lines.
import { type Look, tidy, tidyKeepingSpace } from './look.ts';
import { type Span, span } from './spans.ts';
import type { State } from './state.ts';
import { linesOf } from './tail.ts';

/** @param log `below`: how many lines lie below the window */
export function logView(state: State, log: { name: string; below: number }, look: Look, height: number): Span[][] {
  const one = state.packages.get(log.name);
  if (one === undefined) return [];
  const lines = linesOf(one.tail);
  const room = Math.max(1, height - 2);
  const end = Math.max(Math.min(room, lines.length), lines.length - log.below);
  const shown = lines.slice(Math.max(0, end - room), end);
  const where = one.logFile ?? `galley log ${one.name}`;
  const body =
    shown.length === 0
      ? [[span('  It has printed nothing', 'faint')]]
      : shown.map((line) => [span(tidyKeepingSpace(line, look))]);
  return [[span(tidy(one.name, look), 'strong'), span(`  ${one.doing ?? one.outcome ?? ''}  ${where}`)], ...body];
}
