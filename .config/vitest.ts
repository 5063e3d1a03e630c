import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { SlowestFirst } from './slowest-first.ts';
import { TallyReporter } from './tally.ts';

/** Suites that measure time, count what is left of a whole machine, or hold what a machine has once, as apt's lock. */
const ALONE = [
  ...['host-packages', 'faults', 'locks', 'many-processes', 'no-op', 'sandbox', 'signals', 'telling', 'wrappers'].map(
    (name) => `functional_tests/${name}.test.ts`,
  ),
  'src/system/{clock,lock,lock-truth,process}.test.ts',
  'src/sandbox/**/*.test.ts',
  'src/fetch/resume.test.ts',
];

/** Unit tests sit beside the file they test; functional tests see only the built command line. */
export default defineConfig({
  root: new URL('..', import.meta.url).pathname,
  test: {
    reporters: ['default', new TallyReporter()],
    sequence: { sequencer: SlowestFirst },
    // Only what hangs should meet them: a busy machine is several times slower than an idle one.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    env: { CI: '' },
    globalSetup: ['functional_tests/rig/shared-cache.ts'],
    projects: [
      {
        extends: true,
        test: {
          name: 'together',
          include: ['src/**/*.test.ts', 'functional_tests/**/*.test.ts'],
          exclude: ALONE,
          // Two even on two cores: most of what they do is to wait for processes, disks and servers.
          maxWorkers: Math.max(2, availableParallelism() - 1),
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: { name: 'alone', include: ALONE, maxWorkers: 1, sequence: { groupOrder: 1 } },
      },
    ],
  },
});
