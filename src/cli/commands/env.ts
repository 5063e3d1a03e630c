// `galley env`: the variables of the project, or with `--in` those of a package's commands, as text for a shell or a
// program. Makes nothing.
import { Failure } from '../../model/failure.ts';
import { findNearest } from '../../model/suggest.ts';
import type { Run } from '../answer.ts';
import { openProject } from '../open-project.ts';
import { projectVariables } from '../project-variables.ts';
import { quoteFor } from '../quote.ts';

type Variables = Record<string, string>;

/** One line for each variable, except where the format is one text. */
const FORMATS: Record<string, (variables: Variables) => string> = {
  bash: lines((name, value) => `export ${name}=${quoteFor.sh(value)}`),
  zsh: lines((name, value) => `export ${name}=${quoteFor.sh(value)}`),
  fish: lines((name, value) => `set -gx ${name} ${fishValue(name, value)}`),
  dotenv: lines((name, value) => `${name}=${quoteFor.dotenv(value)}`),
  json: (variables) => JSON.stringify(variables, undefined, 2),
};

export const run: Run = async (services, { settings, flags }) => {
  const { format = 'bash', in: query } = flags;
  const write = FORMATS[String(format)];
  if (write === undefined) throw unknownFormat(String(format));
  const session = await openProject(services, settings);
  const variables =
    typeof query === 'string' ? await session.environmentOf(query) : projectVariables(session.manifest, services.env);
  const sorted = Object.fromEntries(Object.entries(variables).sort(([a], [b]) => (a < b ? -1 : 1)));
  return { status: 0, stdout: write(sorted), json: sorted };
};

function lines(write: (name: string, value: string) => string): (variables: Variables) => string {
  return (variables) =>
    Object.entries(variables)
      .map(([name, value]) => write(name, value))
      .join('\n');
}

/** For fish PATH is a list. */
function fishValue(name: string, value: string): string {
  const words = name === 'PATH' ? value.split(':') : [value];
  return words.map(quoteFor.fish).join(' ');
}

function unknownFormat(format: string): Failure {
  const known = Object.keys(FORMATS);
  const nearest = findNearest(format, known);
  const hint = nearest ? `Did you mean "${nearest}"?` : `It can be ${known.join(', ')}`;
  return new Failure('USAGE', `There is no format "${format}"`, { hint });
}
