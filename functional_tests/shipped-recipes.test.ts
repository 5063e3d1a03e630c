// The recipes that ship with galley: each has an example that is built from its upstream, and its own test makes what
// was built do real work.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { succeed } from './rig/galley.ts';
import { copyProject, createProject } from './rig/project.ts';
import { networkEnvironment, overSharedCache } from './rig/shared-cache.ts';

const RECIPES = path.resolve(import.meta.dirname, '../recipes');
const NAMES = readdirSync(RECIPES).flatMap((file) => /^galley\.(.+)@r\d+\.js$/.exec(file)?.[1] ?? []);

test('every recipe that ships has an example, and every example a recipe', () => {
  expect(readdirSync(path.join(RECIPES, 'examples')).sort()).toEqual([...new Set(NAMES)].sort());
});

test.each(NAMES)('the example of galley.%s is built, and what it makes works', async (name) => {
  const project = overSharedCache(await copyProject(path.join(RECIPES, 'examples', name)));
  const { events } = await succeed(project, 'install --check-assets', { env: networkEnvironment() });
  const outcomes = Object.values(events.outcomes());
  expect(outcomes.filter((outcome) => !['built', 'cached', 'present'].includes(outcome))).toEqual([]);
  // The last command is the recipe's own test; a wrapper of the host has its check.
  expect(events.of('command.finished').at(-1)?.exitCode).toBe(0);
});

/** Small, needed by nobody, and in every release of Debian and Ubuntu. */
const SMALL = 'hello';
const canInstall = existsSync('/usr/bin/apt-get') && process.getuid?.() === 0 && !existsSync(`/usr/bin/${SMALL}`);

// It needs apt-get and root, and a host that does not have the package for a reason of its own.
test.skipIf(!canInstall)('galley.apt installs a package that is missing, and skips it when it is there', async () => {
  const isInstalled = () => existsSync(`/usr/bin/${SMALL}`);
  onTestFinished(() => apt('purge', SMALL));
  const project = await createProject({
    'galley.js': `export const packages = [
      { recipe: 'galley.apt@r1', options: { packages: ['${SMALL}'], products: { greet: '/usr/bin/${SMALL}' } } },
    ];`,
  });

  const first = await succeed(project, 'sync');
  expect(Object.values(first.events.outcomes())).toEqual(['installed']);
  expect(isInstalled()).toBe(true);
  expect((await succeed(project, ['run', 'greet', '--version'])).stdout).toContain('hello');

  const second = await succeed(project, 'install');
  expect(Object.values(second.events.outcomes())).toEqual(['present']);
  expect(second.events.of('phase.started').map(({ phase }) => phase)).not.toContain('install');
});

function apt(verb: string, name: string): void {
  execFileSync('apt-get', [verb, '--yes', name], { stdio: 'ignore' });
}
