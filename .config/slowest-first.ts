// Suites that build real software take minutes, and the others fill the time beside them: begun last, they would leave
// all but one core idle at the end.
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The slowest first. A name that is missing here only costs time. */
const SLOW = ['shipped-recipes', 'declarative', 'gallery', 'host-packages', 'faults', 'demo', 'build-tools', 'no-op'];

export class SlowestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).sort((a, b) => rankOf(a) - rankOf(b));
  }
}

function rankOf({ moduleId }: TestSpecification): number {
  const rank = SLOW.findIndex((name) => moduleId.endsWith(`/functional_tests/${name}.test.ts`));
  return rank === -1 ? SLOW.length : rank;
}
