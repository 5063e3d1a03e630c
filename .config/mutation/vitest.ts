// The tests that have to notice when a line of the rooms named in stryker.json is changed: those of the same rooms.
// MUTATION_TESTS names other directories or files, separated by commas: who changes one room need not start all.
import { defineConfig } from 'vitest/config';

const ROOMS = ['src/ladder', 'src/cache', 'src/archive', 'src/system/lock'];

/** They test themselves with plans gone wrong, measure, or hear only from other processes, where no line is changed. */
const NOT_ABOUT_LINES = ['src/ladder/scale.test.ts', 'src/cache/collect.test.ts', 'src/system/lock-truth.test.ts'];

/** Another user cannot look into the copy that is changed; tests run in threads there, which have no umask. */
const NOT_THERE = ['not root', 'makes the same bytes', 'would be noticed here'];
/** Of locks that other processes have. */
const OF_OTHERS = ['is held by one of six', 'passes on within', 'stays with an owner', 'is weaker'];

export default defineConfig({
  root: new URL('../..', import.meta.url).pathname,
  test: {
    include: (process.env.MUTATION_TESTS?.split(',') ?? ROOMS).flatMap((room) => [
      `${room}/**/*.test.ts`,
      `${room}*.test.ts`,
    ]),
    exclude: NOT_ABOUT_LINES,
    testNamePattern: new RegExp(`^(?!.*(${[...NOT_THERE, ...OF_OTHERS].join('|')}))`),
    // Most changes to what waits make it wait forever: a test that ends by itself is twenty times quicker than a run that
    // Stryker has to end, as that takes the whole process with it.
    testTimeout: 5000,
    env: { CI: '' },
  },
});
