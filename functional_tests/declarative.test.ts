// Declarative builds of real software. Every directory of test_data/declarative is a project whose recipe leaves an
// upstream tree to a build system and makes the result do real work in its `test`; adding a case is adding files.
import { readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { entriesOf } from './rig/disk.ts';
import { findForgery } from './rig/fingerprint.ts';
import { succeed } from './rig/galley.ts';
import { copyProject, type Project } from './rig/project.ts';
import { networkEnvironment } from './rig/shared-cache.ts';
import { differences } from './rig/trees.ts';

/** Compilers take their time where others compile too. */
const SLOW_MS = 240_000;

const CASES = path.resolve(import.meta.dirname, '../test_data/declarative');

for (const name of readdirSync(CASES).sort()) {
  test(
    `${name} builds an upstream tree that works, and the same one in another place`,
    async () => {
      const project = await copyProject(path.join(CASES, name));
      // Names of one length, so that paths in programs do not move what is behind them.
      const elsewhere = { ...project, cacheDir: path.join(project.rootDir, 'stash') };
      const assets = [];
      for (const place of [project, elsewhere]) assets.push(await buildAndTry(place));
      const [here, there] = assets as [string, string];
      expect(await differences(here, there)).toEqual([]);
    },
    SLOW_MS,
  );
}

/** Builds the only package of a project, and answers its asset. */
async function buildAndTry(project: Project): Promise<string> {
  const { events } = await succeed(project, 'install --check-assets', {
    env: { ...networkEnvironment(), ...toolchain() },
  });
  const outcomes = events.outcomes();
  expect(Object.values(outcomes)).toEqual(['built']);
  expect(events.of('log.message').filter(({ level }) => level === 'warn')).toEqual([]);
  // The last command is the recipe's own test.
  expect(events.of('command.finished').at(-1)?.exitCode).toBe(0);
  const [entry = ''] = await entriesOf(project, Object.keys(outcomes)[0] ?? '');
  expect(await findForgery(entry)).toEqual([]);
  return path.join(entry, 'asset');
}

/** Where rustup has put the toolchain of whoever runs the tests: a test has a home of its own. */
function toolchain(): Record<string, string> {
  return { RUSTUP_HOME: process.env.RUSTUP_HOME ?? path.join(homedir(), '.rustup') };
}
