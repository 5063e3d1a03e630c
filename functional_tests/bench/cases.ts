// What is measured, each against its floor: the same work without Galley, in the same rounds.
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { fetching } from './fetching.ts';
import { growing, noop } from './nothing-to-do.ts';
import { placing } from './placing.ts';
import { BenchProject, chainFiles, LAUNCHER_FILES, printingFiles, TRIVIAL_COMMAND, trivialFiles } from './projects.ts';
import { type Row, rowOf } from './row.ts';
import { type Program, peakMegabytes, timeInTurns, timeOnce } from './stopwatch.ts';
import { telling } from './telling.ts';

/** Measures in a directory of its own, which is not there yet, as many rounds as are asked for. */
type Case = (dir: string, rounds: number) => Promise<Row[]>;

export const CASES: Readonly<Record<string, Case>> = {
  noop,
  growing,
  cold,
  memory,
  output,
  launcher,
  chain,
  fetching,
  placing,
  telling,
};

const FLOOR = path.join(import.meta.dirname, 'floor.mjs');
const EMPTY_NODE = [process.execPath, '-e', '0'];
/** Starts are short and many rounds cheap. */
const SHORT = 5;
/** Twice the work may cost a little more than twice, as memory and directories fill. */
const LINEAR = 1.5;

async function cold(dir: string, rounds: number): Promise<Row[]> {
  const project = new BenchProject(dir, trivialFiles(100));
  const shells = [FLOOR, '100', TRIVIAL_COMMAND, `${availableParallelism()}`];
  const programs = {
    ours: project.galley(['sync'], () => project.forgetAll()),
    floor: project.program([process.execPath, ...shells]),
  };
  const timesOf = await timeInTurns(programs, rounds);
  const times = { ours: timesOf('ours'), floor: timesOf('floor') };
  return [rowOf({ what: 'cold sync of 100', ...times, against: 'node starting 100 sh', as: 'ratio', most: 6 })];
}

async function memory(dir: string, rounds: number): Promise<Row[]> {
  const project = new BenchProject(dir, trivialFiles(100));
  const [ours, floor] = [[] as number[], [] as number[]];
  for (let round = 0; round < rounds; round++) {
    ours.push(await peakMegabytes(project.galley(['sync'], () => project.forgetAll())));
    floor.push(await peakMegabytes(project.program(EMPTY_NODE)));
  }
  if (ours.some(Number.isNaN)) return [];
  return [
    rowOf({ what: 'memory of the cold 100', ours, floor, against: 'node -e 0', as: 'value', unit: 'MB', most: 250 }),
  ];
}

async function output(dir: string, rounds: number): Promise<Row[]> {
  // 80 bytes a line, as a compiler prints them.
  const commandOf = (lines: number): string => `yes "${'bench '.repeat(13)}" | head -n ${lines}`;
  const counts = [0, 50_000, 100_000, 200_000];
  const programs: Record<string, Program> = {};
  for (const lines of counts) {
    const project = new BenchProject(path.join(dir, `${lines}`), printingFiles(commandOf(lines)));
    programs[lines] = project.galley(['sync'], () => project.forgetAll());
    programs.floor = project.program(['sh', '-c', commandOf(lines)]);
  }
  const timesOf = await timeInTurns(programs, rounds);
  const whole = { ours: timesOf(200_000), floor: timesOf('floor') };
  const lineUs = (lines: number): number[] =>
    timesOf(lines).map((ms, round) => ((ms - (timesOf(0)[round] as number)) * 1000) / lines);
  const line = { ours: lineUs(200_000), floor: lineUs(50_000), unit: 'µs' } as const;
  return [
    rowOf({ what: 'sync printing 200,000 lines', ...whole, against: 'the command', as: 'difference', most: 1000 }),
    rowOf({ what: 'a line of 200,000', ...line, against: 'of 50,000', as: 'ratio', most: LINEAR }),
  ];
}

async function launcher(dir: string, rounds: number): Promise<Row[]> {
  const project = new BenchProject(dir, LAUNCHER_FILES);
  await timeOnce(project.galley(['sync']));
  const rows: Row[] = [];
  for (const [product, what] of [
    ['program', 'launcher, a link'],
    ['script', 'launcher, two lines of sh'],
  ] as const) {
    const programs = {
      ours: project.program([project.launcher(product)]),
      floor: project.program([project.product(product)]),
    };
    const timesOf = await timeInTurns(programs, rounds * SHORT * SHORT);
    const times = { ours: timesOf('ours'), floor: timesOf('floor') };
    rows.push(rowOf({ what, ...times, against: 'the tool', as: 'difference', most: 2 }));
  }
  return rows;
}

/** A package after the other: each begins to climb when the one it needs is done. */
async function chain(dir: string, rounds: number): Promise<Row[]> {
  const lengths = [500, 1000, 2000];
  const project = new BenchProject(dir, chainFiles(lengths));
  const sync = (length: number): string[] => ['sync', '--manifest', `${length}/galley.js`];
  const coldMs: number[] = [];
  const programs: Record<string, Program> = { floor: project.program(EMPTY_NODE) };
  for (const length of lengths) {
    // Each length finds the assets of the one before in the cache, and makes the other half.
    coldMs.push(await timeOnce(project.galley(sync(length))));
    programs[`graph ${length}`] = project.galley(sync(length), () => project.forgetResolution(`${length}`));
    programs[`no-op ${length}`] = project.galley(sync(length));
  }
  const timesOf = await timeInTurns(programs, rounds);
  const [, thousand = 0, twoThousand = 0] = coldMs;
  const made = { ours: [twoThousand], floor: [thousand * 2] };
  const moreMs = (from: number, to: number): number[] =>
    timesOf(`graph ${to}`).map((ms, round) => ms - (timesOf(`graph ${from}`)[round] as number));
  const looked = { ours: moreMs(1000, 2000), floor: moreMs(500, 1000).map((ms) => ms * 2) };
  const linear = { against: 'twice the 500 before', as: 'ratio', most: LINEAR } as const;
  return [
    rowOf({ what: 'the second 1,000 of a cold chain', ...made, ...linear }),
    rowOf({ what: 'the second 1,000 of a cached chain', ...looked, ...linear }),
    ...lengths.map((length) => {
      const times = { ours: timesOf(`no-op ${length}`), floor: timesOf('floor') };
      return rowOf({ what: `no-op sync of a chain of ${length}`, ...times, against: 'node -e 0', as: 'ratio' });
    }),
  ];
}
