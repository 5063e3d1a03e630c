// The last word of a test run: one plain line with the numbers, and every skipped test by name. On a CI machine a skip
// that is not listed here fails the run: what cannot be tested must be known, not overlooked.
import type { Reporter, TestModule } from 'vitest/node';

/** Full name of a test → why it may be skipped on Linux. */
const MAY_SKIP = new Map<string, string>([
  ['PowerShell understands its completion, and completes with it', 'Debian has no PowerShell; its text is tested'],
]);

export class TallyReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const named = (state: string) => tests.filter((test) => test.result().state === state).map((test) => test.fullName);
    const skipped = named('skipped');
    const unlisted = skipped.filter((name) => !MAY_SKIP.has(name));
    for (const name of skipped)
      console.log(`skipped: ${name} (${MAY_SKIP.get(name) ?? 'not listed in .config/tally.ts'})`);
    if (process.env.GALLEY_CI && process.platform === 'linux' && unlisted.length > 0) process.exitCode = 1;
    const failed =
      named('failed').length + modules.filter((module) => module.errors().length > 0).length + errors.length;
    console.log(`${named('passed').length} passed, ${failed} failed, ${skipped.length} skipped`);
  }
}
