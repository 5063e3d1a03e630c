// What it costs to find out that there is nothing to do: the start, each package, and memory.
import path from 'node:path';
import { BenchProject, copyingFiles, trivialFiles } from './projects.ts';
import { type Row, rowOf } from './row.ts';
import { type Program, peakMegabytes, timeInTurns, timeOnce } from './stopwatch.ts';

const EMPTY_NODE = [process.execPath, '-e', '0'];
/** Starts are short and many rounds cheap. */
const SHORT = 5;

export async function noop(dir: string, rounds: number): Promise<Row[]> {
  const counts = [1, 20, 100];
  const programs: Record<string, Program> = {};
  for (const count of counts) {
    const project = new BenchProject(path.join(dir, `${count}`), trivialFiles(count));
    programs.galleyw = project.galleyw(['sync']);
    await timeOnce(project.galley(['sync']));
    programs[count] = project.galley(['sync']);
    programs.floor = project.program(EMPTY_NODE);
  }
  const timesOf = await timeInTurns(programs, rounds * SHORT);
  const against = { floor: timesOf('floor'), against: 'node -e 0', as: 'ratio' } as const;
  return [
    ...counts.map((count) =>
      rowOf({ what: `no-op sync of ${count}`, ours: timesOf(count), ...against, ...(count === 100 && { most: 1.5 }) }),
    ),
    rowOf({ what: 'no-op of 100 by galleyw', ours: timesOf('galleyw'), ...against, most: 0.5 }),
  ];
}

/** The three ways to an answer when nothing is to be made. */
const WAYS: Readonly<Record<string, (project: BenchProject) => Program>> = {
  galleyw: (project) => project.galleyw(['sync']),
  sync: (project) => project.galley(['sync']),
  install: (project) => project.galley(['install']),
};

const COUNTS = [10, 100, 500, 2000] as const;

export async function growing(dir: string, rounds: number): Promise<Row[]> {
  const programs: Record<string, Program> = {};
  for (const count of COUNTS) {
    const project = new BenchProject(path.join(dir, `${count}`), copyingFiles(count));
    for (const [way, program] of Object.entries(WAYS)) programs[`${way} ${count}`] = program(project);
    await timeOnce(project.galley(['sync']));
    programs.floor = project.program(EMPTY_NODE);
  }
  const isLong = (name: string): boolean => name.startsWith('install');
  const part = (long: boolean) =>
    Object.fromEntries(Object.entries(programs).filter(([name]) => isLong(name) === long));
  const [short, long] = [await timeInTurns(part(false), rounds * SHORT), await timeInTurns(part(true), rounds)];
  const timesOf = (name: string): number[] => (isLong(name) ? long : short)(name);
  const rows: Row[] = [];
  for (const way of Object.keys(WAYS)) {
    const eachUs = (from: number, to: number): number[] =>
      timesOf(`${way} ${to}`).map(
        (ms, round) => ((ms - (timesOf(`${way} ${from}`)[round] as number)) * 1000) / (to - from),
      );
    const each = { ours: eachUs(500, 2000), floor: eachUs(10, 500), unit: 'µs' } as const;
    rows.push(rowOf({ what: `a package of 2,000, ${way}`, ...each, against: 'of 500', as: 'ratio', most: 1.5 }));
  }
  // What the last sync has saved does not count after an install.
  await timeOnce(programs['sync 2000'] as Program);
  for (const way of ['sync', 'install']) {
    const ours = [await peakMegabytes(programs[`${way} 2000`] as Program)];
    const floor = [await peakMegabytes(programs.floor as Program)];
    if (ours.some(Number.isNaN)) continue;
    const what = `memory of 2,000, ${way}`;
    rows.push(rowOf({ what, ours, floor, against: 'node -e 0', as: 'value', unit: 'MB', most: 200 }));
  }
  return rows;
}
