// Which reader of the events a run gets, from what the person asked for and what the terminal can do.
import type { Settings } from '../model/settings.ts';
import type { Clock } from '../system/clock.ts';
import type { Screen } from '../system/terminal.ts';
import type { Reporter, Sink } from './reporter.ts';

export interface Surroundings {
  sink: Sink;
  screen: Screen;
  clock: Clock;
  /** `CI` is set: nobody is watching even where there is a terminal. */
  inCi: boolean;
}

/** `auto` is plain text. */
export async function chooseReporter(settings: Settings, surroundings: Surroundings): Promise<Reporter> {
  const { sink, screen, clock, inCi } = surroundings;
  if (settings.reporter === 'json') return (await import('./json.ts')).createJsonReporter(sink);
  const [{ createPlainReporter }, { createPaint }] = await Promise.all([import('./plain.ts'), import('./paint.ts')]);
  const colored = settings.color === 'auto' ? screen.colourDepth > 1 : settings.color === 'always';
  const { quiet, verbose } = settings;
  return createPlainReporter({
    sink,
    clock,
    paint: createPaint(colored),
    interactive: screen.isTty && !inCi,
    quiet,
    verbose,
  });
}
