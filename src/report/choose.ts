// Which reader of the events a run gets, from what the person asked for and what the terminal can do.
import type { Settings } from '../model/settings.ts';
import type { Clock } from '../system/clock.ts';
import { type Screen, showsUnicode } from '../system/terminal.ts';
import type { Workflow } from './github.ts';
import type { Reporter, Sink } from './reporter.ts';
import type { Streams } from './tui/live.ts';

export interface Surroundings {
  sink: Sink;
  screen: Screen;
  clock: Clock;
  env: Readonly<Record<string, string | undefined>>;
  /** Both ends of the terminal that `screen` tells of, for whoever draws. */
  streams: () => Streams;
  /** `CI` is set: nobody is watching even where there is a terminal. */
  inCi: boolean;
  /** The run is a step of a workflow of GitHub Actions. */
  inWorkflow: boolean;
  /** What such a step has. */
  workflow: Workflow;
}

/** `auto` is what reads best here: annotations in a workflow, a live area for a person, else plain text. */
export async function chooseReporter(settings: Settings, surroundings: Surroundings): Promise<Reporter> {
  const { sink, screen, clock, env, inCi, inWorkflow, workflow } = surroundings;
  if (settings.reporter === 'json') return (await import('./json.ts')).createJsonReporter(sink);
  const { createPaint } = await import('./paint.ts');
  const colored = settings.color === 'auto' ? screen.colourDepth > 1 : settings.color === 'always';
  const { quiet, verbose } = settings;
  const paint = createPaint(colored);
  const options = { sink, clock, paint, interactive: screen.isTty && !inCi, quiet, verbose };
  if (settings.reporter === 'github' || (settings.reporter === 'auto' && inWorkflow)) {
    return (await import('./github.ts')).createGithubReporter(options, workflow);
  }
  if (isToDraw(settings, surroundings)) {
    const { TuiReporter } = await import('./tui/tui.ts');
    return new TuiReporter({ ...options, streams: surroundings.streams(), unicode: showsUnicode(env) });
  }
  return (await import('./plain.ts')).createPlainReporter(options);
}

/** Whoever asks for quiet, and CI, want no pictures unless they say so; a terminal that cannot draw has no choice. */
function isToDraw({ reporter, quiet }: Settings, { screen, inCi }: Surroundings): boolean {
  if (!screen.canDraw) return false;
  return reporter === 'tui' || (reporter === 'auto' && !inCi && !quiet && screen.size() !== undefined);
}
