import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { SETTINGS } from './saved.ts';

test('the shell looks for the same settings as the memo', () => {
  const script = readFileSync(new URL('../../runtime/launchers/unchanged', import.meta.url), 'utf8');
  expect(script).toContain(`-e "^(${SETTINGS}$_galleyw_names)="`);
});
