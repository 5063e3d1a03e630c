// `galley schema <file>`: what a file of galley's looks like, for editors and scripts. Knows no project.
import path from 'node:path';
import { Failure } from '../../model/failure.ts';
import { formatSuggestion } from '../../model/suggest.ts';
import type { Run } from '../answer.ts';
import { SCHEMA_NAMES } from '../schema-names.ts';
import { writeResult } from '../write-result.ts';

export const run: Run = async (services, options) => {
  const [given = ''] = options.args;
  const name = SCHEMA_NAMES.find((known) => known === given);
  if (name === undefined) {
    throw new Failure('USAGE', `There is no schema of "${given}": ${formatSuggestion(given, SCHEMA_NAMES)}`);
  }
  const text = await services.files.readText(path.join(services.runtimeDir, 'schemas', `${name}.schema.json`));
  return await writeResult(text.trimEnd(), options, services);
};
