import { readdirSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { expectGolden } from '../golden.ts';
import { ctxPage, manifestPage, recipePage } from './authored.ts';
import { DECISIONS, decisionsPage } from './decisions.ts';
import { ALL_CODES, errorPage, errorsPage } from './errors.ts';
import { eventsPage } from './events.ts';
import { commandsPage, settingsPage } from './tables.ts';
import { variablesPage } from './variables.ts';

const REFERENCE = path.join(import.meta.dirname, '../../../docs/reference');

test.each([
  ['errors.md', errorsPage],
  ['settings.md', settingsPage],
  ['commands.md', commandsPage],
  ['manifest.md', manifestPage],
  ['recipe.md', recipePage],
  ['ctx.md', ctxPage],
  ['events.md', eventsPage],
  ['variables.md', variablesPage],
])('%s says what the code says', (name, makePage) => {
  expectGolden(path.join(REFERENCE, name), makePage());
});

test.each(ALL_CODES)('the page of %s says what its table, its example and its advice say', (code) => {
  expectGolden(path.join(REFERENCE, 'errors', `${code}.md`), errorPage(code));
});

test('the index of decisions has them all', () => {
  expectGolden(path.join(DECISIONS, 'README.md'), decisionsPage());
});

test('there is no page of a code that there is not', () => {
  const names = readdirSync(path.join(REFERENCE, 'errors')).map((name) => path.basename(name, '.md'));
  expect(names.filter((name) => !(ALL_CODES as string[]).includes(name))).toEqual([]);
});

test('every event, every field and every member of ctx has a sentence', () => {
  const silent = [eventsPage(), ctxPage(), manifestPage(), recipePage()].flatMap((text) =>
    [...text.matchAll(/^\| `(.*?)` \|.*\|\s+\|$/gm)].map(([, name]) => name),
  );
  expect(silent).toEqual([]);
});
