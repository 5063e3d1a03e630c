import { defineConfig } from 'vitest/config';
import { SlowestFirst } from './slowest-first.ts';
import { TallyReporter } from './tally.ts';

/** Unit tests sit beside the file they test; functional tests see only the built command line. */
export default defineConfig({
  root: new URL('..', import.meta.url).pathname,
  test: {
    include: ['src/**/*.test.ts', 'functional_tests/**/*.test.ts'],
    reporters: ['default', new TallyReporter()],
    globalSetup: ['functional_tests/rig/shared-cache.ts'],
    sequence: { sequencer: SlowestFirst },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    env: { CI: '' },
  },
});
