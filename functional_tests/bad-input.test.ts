// Every directory of test_data/bad is a project in which something is wrong, and what a person then reads. Adding a case
// is adding files: a galley.js, recipes, a case.json where the command is not a plain `sync`; UPDATE_GOLDEN=1 writes the
// expected text, to be read with the eyes of whoever will meet it.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { expectGolden } from '../src/testing/golden.ts';
import { neutral } from './rig/account.ts';
import { galley } from './rig/galley.ts';
import { copyProject, createProject } from './rig/project.ts';
import { startServer } from './rig/server.ts';

const BAD = path.resolve(import.meta.dirname, '../test_data/bad');
const CASES = readdirSync(BAD).sort();

/** What `case.json` may say. */
interface Case {
  args?: string;
  env?: Record<string, string>;
  /** Only this system can go wrong in this way. */
  os?: NodeJS.Platform;
}

for (const name of CASES) {
  const { args = 'sync', env = {}, os } = readCase(name);
  test.skipIf(os && os !== process.platform)(`${name} is told as its golden says`, async () => {
    const project = await copyProject(path.join(BAD, name));
    const { status, stdout, stderr } = await galley(project, args, { told: 'words', env });
    const told = neutral(`${stderr}${stdout}`, project).replace(/\d+(\.\d+)? m?s\b/g, '<time>');
    expectGolden(path.join(BAD, name, 'expected.txt'), `$ galley ${args}\n${told}exit ${status}\n`);
    expect(status, 'a run that goes wrong does not end with 0').not.toBe(0);
  });
}

test('a download with other bytes than expected is told with both digests, the URL, the size, the three causes', async () => {
  const server = await startServer({ '/flour.txt': 'rye\n' });
  const expected = '0123456789abcdef'.repeat(4);
  const project = await createProject({
    'recipes/test.bread@r1.js': `export const fetch = { url: '${server.url('/flour.txt')}', sha256: '${expected}' };`,
  });
  const { status, events } = await galley(project, 'sync');
  expect(status).toBe(1);
  expect(events.codes()).toEqual(['DIGEST_MISMATCH']);
  const actual = '45239af61a4a90ae8abf5094d8f554d7514c547b8063a0c397fa2c860d5f2b6e';
  for (const part of [server.url('/flour.txt'), expected, actual, '4 bytes', 'replaced', 'corrupted', 'attacks'])
    expect(events.messages()).toContain(part);
});

test('a server that does not speak the protocol of the URL is told with its URL', async () => {
  const server = await startServer({ '/flour.txt': 'rye\n' });
  const url = server.url('/flour.txt').replace('http:', 'https:');
  const project = await createProject({ 'recipes/test.bread@r1.js': `export const fetch = '${url}';` });
  const { status, events } = await galley(project, 'sync');
  expect([status, events.codes()]).toEqual([3, ['FETCH_FAILED']]);
  expect(events.messages()).toContain(url);
});

function readCase(name: string): Case {
  const file = path.join(BAD, name, 'case.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Case) : {};
}
