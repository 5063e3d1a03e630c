// The tests that have to notice when a line of the rooms named in stryker.json is changed: those of the same rooms.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: new URL('../..', import.meta.url).pathname,
  test: {
    include: ['src/{ladder,cache,archive}/**/*.test.ts', 'src/system/lock*.test.ts'],
    // Another user cannot look into the copy that is mutated, and tests run in threads there, which have no umask.
    testNamePattern: /^(?!.*not root|makes the same bytes)/,
    testTimeout: 60_000,
    env: { CI: '' },
  },
});
