// The recipes that ship with galley: each has an example that is built from its upstream, and its own test makes what
// was built do real work.
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { succeed } from './rig/galley.ts';
import { copyProject } from './rig/project.ts';
import { networkEnvironment, overSharedCache, toolchainEnvironment } from './rig/shared-cache.ts';

const RECIPES = path.resolve(import.meta.dirname, '../recipes');
const NAMES = readdirSync(RECIPES).flatMap((file) => /^galley\.(.+)@r\d+\.js$/.exec(file)?.[1] ?? []);

test('every recipe that ships has an example, and every example a recipe', () => {
  expect(readdirSync(path.join(RECIPES, 'examples')).sort()).toEqual([...new Set(NAMES)].sort());
});

/** What these wrap is on other hosts; their own tests play them. */
const ELSEWHERE = ['brew', 'dnf'];

test.each(NAMES.filter((name) => !ELSEWHERE.includes(name)))(
  'the example of galley.%s is built, and what it makes works',
  // Some compile a whole C library, while other tests are at work.
  { timeout: 600_000 },
  async (name) => {
    const project = overSharedCache(await copyProject(path.join(RECIPES, 'examples', name)));
    const env = { ...networkEnvironment(), ...toolchainEnvironment() };
    const { events } = await succeed(project, 'install --check-assets', { env });
    const outcomes = Object.values(events.outcomes());
    expect(outcomes.filter((outcome) => !['built', 'cached', 'present', 'installed'].includes(outcome))).toEqual([]);
    // The last command is the recipe's own test; a wrapper of the host has its check.
    expect(events.of('command.finished').at(-1)?.exitCode).toBe(0);
  },
);

test.each(ELSEWHERE)('the example of galley.%s is one that can be read here', async (name) => {
  await succeed(await copyProject(path.join(RECIPES, 'examples', name)), 'lint');
});
