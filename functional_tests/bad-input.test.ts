// Every directory of test_data/bad is a project in which something is wrong, and what a person then reads. Adding a case
// is adding files: a galley.js, recipes, a case.json where the command is not a plain `sync`; UPDATE_GOLDEN=1 writes the
// expected text, to be read with the eyes of whoever will meet it.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { expectGolden } from '../src/testing/golden.ts';
import { neutral } from './rig/account.ts';
import { galley } from './rig/galley.ts';
import { createProject } from './rig/project.ts';

const BAD = path.resolve(import.meta.dirname, '../test_data/bad');
const CASES = readdirSync(BAD).sort();

/** What `case.json` may say. */
interface Case {
  args?: string;
  env?: Record<string, string>;
}

test.each(CASES)('%s is told as its golden says', async (name) => {
  const project = await createProject();
  await cp(path.join(BAD, name), project.dir, { recursive: true });
  const { args = 'sync', env = {} } = readCase(name);
  const { status, stdout, stderr } = await galley(project, args, { told: 'words', env });
  const told = neutral(`${stderr}${stdout}`, project).replace(/\d+(\.\d+)? m?s\b/g, '<time>');
  expectGolden(path.join(BAD, name, 'expected.txt'), `$ galley ${args}\n${told}exit ${status}\n`);
  expect(status, 'a run that goes wrong does not end with 0').not.toBe(0);
});

function readCase(name: string): Case {
  const file = path.join(BAD, name, 'case.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Case) : {};
}
