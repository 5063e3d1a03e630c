// The table of codes and what people can meet are in bijection: every code is provoked by some functional test, through
// the built command line. A code counts as provoked where a test expects it of a run, or an account kept in a file has it.
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { CODES } from '../src/model/codes.ts';
import { succeed } from './rig/galley.ts';
import { createProject } from './rig/project.ts';

const ROOT = path.resolve(import.meta.dirname, '..');

/** `'CODE'` in a test, `code: CODE` in what a person reads, `CODE: message` in an account of events. */
const MENTIONS = /'([A-Z][A-Z_]+)'|^ *code: ([A-Z_]+)$|^ +([A-Z][A-Z_]+): /gm;

function mentioned(pattern: string): string[] {
  const texts = globSync(pattern, { cwd: ROOT }).map((file) => readFileSync(path.join(ROOT, file), 'utf8'));
  return texts.flatMap((text) => [...text.matchAll(MENTIONS)].flatMap((match) => match.slice(1).filter(Boolean)));
}

test('every code is provoked through the command line by some functional test', () => {
  const provoked = new Set([
    ...mentioned('functional_tests/*.test.ts'),
    ...mentioned('test_data/{bad,recipes}/*/{expected,account}.txt'),
  ]);
  expect(Object.keys(CODES).filter((code) => !provoked.has(code))).toEqual([]);
});

test('help tells of a code what its page says', async () => {
  const project = await createProject();
  const { stdout } = await succeed(project, ['help', 'command_failed'], { told: 'words' });
  expect(stdout).toMatch(/^COMMAND_FAILED \(build, exit status 1\)\n\nA command ended with .*\n\nFor example:\n/);
  expect(stdout).toMatch(/\$ galley sync\n[\s\S]*\nWhat to do:\n\n- galley log <package> shows/);
  expect(stdout).not.toMatch(/^```|^#|<!--|\*\*/m);
});

test('every code that a person is shown is in the table', () => {
  const shown = mentioned('test_data/{bad,recipes}/*/{expected,account}.txt');
  expect(shown.filter((code) => !Object.hasOwn(CODES, code))).toEqual([]);
});
