import path from 'node:path';
import { test } from 'vitest';
import { expectGolden } from './golden.ts';
import { lockSchema, settingsSchema } from './schemas.ts';

test.each([
  ['lock', lockSchema],
  ['settings', settingsSchema],
])('%s.schema.json says what the tables say', (name, makeSchema) => {
  const file = path.join(import.meta.dirname, `../../runtime/schemas/${name}.schema.json`);
  expectGolden(file, `${JSON.stringify(makeSchema(), null, 2)}\n`);
});
