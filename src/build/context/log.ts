// `ctx.log.*`: a message of the author, as an event.
import { shorten } from '../../model/shorten.ts';
import { caughtUp } from '../../system/caught-up.ts';
import type { Method } from './table.ts';

const LEVELS = ['debug', 'info', 'warn', 'error'] as const;

/** Nobody reads more of one message; what is longer belongs into a file. */
const LONGEST_CHARS = 64 * 1024;

/** Waits for whoever reads: a recipe can say more in a second than a terminal shows in an hour. */
export const logMessage: Method = async ([level, message], { pkg, run, signal }) => {
  const known = LEVELS.find((name) => name === level) ?? 'info';
  const { isLagging, clock, emit } = run.world;
  await caughtUp(isLagging, clock, signal);
  emit({ type: 'log.message', package: pkg.label, level: known, text: shorten(String(message ?? ''), LONGEST_CHARS) });
  return undefined;
};
