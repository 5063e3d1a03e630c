// What commander says about a wrong command line, in the words of this house and with the nearest thing that exists.
import { Failure } from '../model/failure.ts';
import { findNearest } from '../model/suggest.ts';
import { flagOf, SETTING_NAMES } from './setting-table.ts';

/**
 * @param error what commander says: `error: unknown option '--jbos'`
 * @param known the commands or flags that would fit in that place, besides those of the settings
 */
export function explainUsage(error: { message: string }, known: readonly string[]): Failure {
  const text = error.message
    .replace(/^error: /, '')
    .replace(/\.$/, '')
    .replaceAll("'", '"')
    .replace('. Expected', ': expected');
  const message = text.charAt(0).toUpperCase() + text.slice(1);
  const [, wrong] = /^Unknown (?:option|command) "([^"]*)"/.exec(message) ?? [];
  const flags = SETTING_NAMES.map((name) => `--${flagOf(name)}`);
  const nearest = wrong === undefined ? undefined : findNearest(wrong, [...known, ...flags]);
  const hint = nearest === undefined ? 'See "galley --help", or --help after a command' : `Did you mean "${nearest}"?`;
  return new Failure('USAGE', message, { hint });
}
