import path from 'node:path';
import { test } from 'vitest';
import { expectGolden } from './golden.ts';
import { commandsPage, errorsPage, settingsPage } from './reference.ts';
import { lockSchema, settingsSchema } from './schemas.ts';

const REFERENCE = path.join(import.meta.dirname, '../../docs/reference');

test.each([
  ['errors.md', errorsPage],
  ['settings.md', settingsPage],
  ['commands.md', commandsPage],
])('%s says what the tables say', (name, makePage) => {
  expectGolden(path.join(REFERENCE, name), makePage());
});

test.each([
  ['lock', lockSchema],
  ['settings', settingsSchema],
])('%s.schema.json says what the tables say', (name, makeSchema) => {
  const file = path.join(import.meta.dirname, `../../runtime/schemas/${name}.schema.json`);
  expectGolden(file, `${JSON.stringify(makeSchema(), null, 2)}\n`);
});
