import path from 'node:path';
import { test } from 'vitest';
import { expectGolden } from './golden.ts';
import { commandsPage, errorsPage, settingsPage } from './reference.ts';

const REFERENCE = path.join(import.meta.dirname, '../../docs/reference');

test.each([
  ['errors.md', errorsPage],
  ['settings.md', settingsPage],
  ['commands.md', commandsPage],
])('%s says what the tables say', (name, makePage) => {
  expectGolden(path.join(REFERENCE, name), makePage());
});
