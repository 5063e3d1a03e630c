import { expect, test } from 'vitest';
import type { Event } from '../model/event.ts';
import type { Phase } from '../model/phase.ts';
import { createCriticalPath, formatCriticalPath } from './critical-path.ts';

const [zlib, gcc, app] = ['acme.zlib@r1', 'acme.gcc@r1', 'acme.app@r1'];

const began = (at: number, name: string, phase: Phase): Event => ({ type: 'phase.started', at, package: name, phase });
const ended = (at: number, name: string, phase: Phase): Event => {
  return { type: 'phase.finished', at, package: name, phase, durationMs: 0 };
};

/** `zlib` is quick, `gcc` is slow, and `app` needs both. */
const STREAM: readonly Event[] = [
  ...[began(0, gcc, 'fetch'), began(0, zlib, 'build'), began(0, app, 'fetch')],
  ended(1_000, app, 'fetch'),
  { type: 'phase.blocked', at: 1_000, package: app, phase: 'build', on: [zlib, gcc] },
  ...[ended(2_000, gcc, 'fetch'), began(2_000, gcc, 'build')],
  ended(4_000, zlib, 'build'),
  ...[ended(9_000, gcc, 'build'), began(9_000, app, 'build'), ended(10_000, app, 'build')],
];

function pathOf(events: readonly Event[]): string[] {
  const path = createCriticalPath();
  for (const event of events) path.see(event);
  return path.steps().map((step) => `${step.package} ${step.phase} ${step.durationMs}`);
}

test('the critical path leads from the last step back through what each had to wait for', () => {
  expect(pathOf(STREAM)).toEqual([`${gcc} fetch 2000`, `${gcc} build 7000`, `${app} build 1000`]);
});

test('a package that waits for nobody has waited for itself', () => {
  expect(pathOf(STREAM.filter(({ type }) => type !== 'phase.blocked'))).toEqual([
    `${app} fetch 1000`,
    `${app} build 1000`,
  ]);
});

test('a step that fails, and a test, are steps', () => {
  const error = { code: 'COMMAND_FAILED', message: 'No' } as const;
  const test: Event[] = [
    { type: 'test.started', at: 10_000, package: app },
    { type: 'test.finished', at: 12_000, package: app, outcome: 'passed', durationMs: 2_000 },
  ];
  expect(pathOf([...STREAM, ...test]).at(-1)).toBe(`${app} test 2000`);
  const failed: Event = { type: 'phase.failed', at: 9, package: gcc, phase: 'build', durationMs: 9, error };
  expect(pathOf([began(0, gcc, 'build'), failed])).toEqual([`${gcc} build 9`]);
});

test('a step that waits for its turn has waited for who had it before', () => {
  const lane = 'cpu' as const;
  const entered = (at: number, name: string): Event => ({ type: 'lane.entered', at, package: name, lane });
  const left = (at: number, name: string): Event => ({ type: 'lane.left', at, package: name, lane });
  expect(
    pathOf([
      ...[began(0, gcc, 'build'), entered(0, gcc), began(0, zlib, 'build'), began(10, app, 'fetch')],
      ...[ended(20, app, 'fetch'), left(7_000, gcc), entered(7_000, zlib), ended(7_001, gcc, 'build')],
      ...[left(8_000, zlib), ended(8_001, zlib, 'build')],
    ]),
  ).toEqual([`${gcc} build 7000`, `${zlib} build 1001`]);
});

test('a run in which nothing was done has no path', () => {
  expect(pathOf([])).toEqual([]);
  expect(formatCriticalPath([], 60_000)).toBeUndefined();
});

const steps = (...seconds: number[]) =>
  seconds.map((s, index) => ({ package: `a.p${index}@r1`, phase: 'build' as const, durationMs: s * 1000 }));

test.each([
  ['one step that dominates', [14], 20, '70 % of the time was a.p0@r1 build (14.0 s)'],
  [
    'the longest first',
    [4, 13, 2],
    20,
    '65 % of the time was a.p1@r1 build (13.0 s), 20 % a.p0@r1 build, 10 % a.p2@r1 build',
  ],
  [
    'three at the most',
    [5, 6, 5, 4],
    20,
    '30 % of the time was a.p1@r1 build (6.0 s), 25 % a.p0@r1 build, 25 % a.p2@r1 build',
  ],
  ['no more than all', [30], 20, '100 % of the time was a.p0@r1 build (30.0 s)'],
  ['nothing of a short run', [4.9], 4.9, undefined],
  ['nothing where the time went everywhere', [4, 1, 1], 20, undefined],
])('what is said of a path is %s', (_, seconds, runSeconds, said) => {
  expect(formatCriticalPath(steps(...seconds), runSeconds * 1000)).toBe(said);
});
