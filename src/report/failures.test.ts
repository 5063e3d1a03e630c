import { expect, test } from 'vitest';
import type { Event, FailureFacts } from '../model/event.ts';
import { createFailures } from './failures.ts';
import { createPaint } from './paint.ts';

const problem = (line: number): FailureFacts => {
  return {
    code: 'DEPENDENCY_UNMATCHED',
    message: `Nothing is called ${line}`,
    location: { file: '/r.js', line, column: 1 },
  };
};

function failed(...errors: FailureFacts[]) {
  const failures = createFailures();
  const about = { package: 'test.bread@r1', at: 0 };
  const [first, ...others] = errors as [FailureFacts, ...FailureFacts[]];
  const events: Event[] = [
    { ...about, type: 'phase.failed', phase: 'resolve', durationMs: 1, error: first },
    ...others.map((error): Event => ({ ...about, type: 'problem.found', error })),
  ];
  for (const event of events) failures.see(event);
  return failures;
}

test('a problem that is found twice is told once', () => {
  const failures = failed(problem(1), problem(2), problem(1), problem(2));
  expect(failures.list()[0]?.errors).toEqual([problem(1), problem(2)]);
  expect([failures.tells(problem(2)), failures.tells(problem(3))]).toEqual([true, false]);
});

test('of very many problems the first are told, and how many there are', () => {
  // Compared each with each, they would take longer than a test may.
  const failures = failed(...Array.from({ length: 100_000 }, (_, line) => problem(line)));
  const told = failures.format(createPaint(false))?.split('\n') ?? [];
  expect(told.filter((line) => line.includes('Nothing is called'))).toHaveLength(50);
  expect(told.at(-1)).toBe('… and 99950 more');
});
