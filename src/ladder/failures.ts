// The words for what can go wrong between nodes: rings, late links, failed dependencies. What goes wrong inside a node
// is thrown by its own steps.
import { Failure } from '../model/failure.ts';

/** `ring` begins and ends with the same key. */
export function cycle(ring: string[]): Failure {
  const [from, to] = ring;
  const message = `Cannot let "${from}" depend on "${to}": they would wait in a ring, ${ring.join(' → ')}`;
  return new Failure('DEPENDENCY_CYCLE', message, { facts: { path: ring } });
}

export function late({ from, to, neededBy }: { from: string; to: string; neededBy: string }): Failure {
  const message = `Cannot let "${neededBy}" of "${from}" depend on "${to}": "${neededBy}" has begun`;
  return new Failure('LATE_DEPENDENCY', message, { facts: { from, to, neededBy } });
}

export function dependencyFailed(key: string, rung: string, failed: string[]): Failure {
  const message = `Cannot start "${rung}" of "${key}": ${failed.map((each) => `"${each}"`).join(', ')} failed`;
  return new Failure('DEPENDENCY_FAILED', message, { facts: { failed } });
}

/** What a node that never began is told after the first failure of a fail-fast run. */
export function stoppedBy(failed: string): Failure {
  const message = `Nothing new starts: "${failed}" failed, and the run stops at the first failure`;
  return new Failure('DEPENDENCY_FAILED', message, { facts: { failed: [failed] } });
}
