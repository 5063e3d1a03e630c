// `ctx.log.*`: a message of the author, as an event.
import type { Method } from './table.ts';

const LEVELS = ['debug', 'info', 'warn', 'error'] as const;

export const logMessage: Method = async ([level, message], { pkg, run }) => {
  const known = LEVELS.find((name) => name === level) ?? 'info';
  run.world.emit({ type: 'log.message', package: pkg.label, level: known, text: String(message ?? '') });
  return undefined;
};
