// What is measured, each against its floor: the same work without Galley, in the same rounds.
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { BenchProject, chainFiles, LAUNCHER_FILES, printingFiles, TRIVIAL_COMMAND, trivialFiles } from './projects.ts';
import { type Row, rowOf } from './row.ts';
import { peakMegabytes, timeInTurns, timeOnce } from './stopwatch.ts';

/** Measures in a directory of its own, which is not there yet, as many rounds as are asked for. */
type Case = (dir: string, rounds: number) => Promise<Row[]> | Row[];

export const CASES: Readonly<Record<string, Case>> = { noop, cold, memory, output, launcher, chain };

const EMPTY_NODE = [process.execPath, '-e', '0'];
/** Starts are short and many rounds cheap. */
const SHORT = 5;
/** Twice the work may cost a little more than twice, as memory and directories fill. */
const LINEAR = 1.5;

function noop(dir: string, rounds: number): Row[] {
  const counts = [1, 20, 100];
  const programs = counts.map((count) => {
    const project = new BenchProject(path.join(dir, `${count}`), trivialFiles(count)).synced();
    return [count, project.galley(['sync'])] as const;
  });
  const floor = new BenchProject(path.join(dir, 'floor'), {}).program(EMPTY_NODE);
  const timesOf = timeInTurns({ ...Object.fromEntries(programs), floor }, rounds * SHORT);
  const against = { floor: timesOf('floor'), against: 'node -e 0', as: 'ratio' } as const;
  return counts.map((count) =>
    rowOf({ what: `no-op sync of ${count}`, ours: timesOf(count), ...against, ...(count === 100 && { most: 2 }) }),
  );
}

function cold(dir: string, rounds: number): Row[] {
  const project = new BenchProject(dir, trivialFiles(100));
  const floor = [
    process.execPath,
    path.join(import.meta.dirname, 'floor.mjs'),
    '100',
    TRIVIAL_COMMAND,
    `${availableParallelism()}`,
  ];
  const timesOf = timeInTurns(
    { ours: project.galley(['sync'], () => project.forgetAll()), floor: project.program(floor) },
    rounds,
  );
  return [
    rowOf({
      what: 'cold sync of 100',
      ours: timesOf('ours'),
      floor: timesOf('floor'),
      against: 'node starting 100 sh',
      as: 'ratio',
      most: 6,
    }),
  ];
}

async function memory(dir: string, rounds: number): Promise<Row[]> {
  const project = new BenchProject(dir, trivialFiles(100));
  const [ours, floor] = [[] as number[], [] as number[]];
  for (let round = 0; round < rounds; round++) {
    ours.push(await peakMegabytes(project.galley(['sync'], () => project.forgetAll())));
    floor.push(await peakMegabytes(project.program(EMPTY_NODE)));
  }
  return [
    rowOf({ what: 'memory of the cold 100', ours, floor, against: 'node -e 0', as: 'value', unit: 'MB', most: 250 }),
  ];
}

function output(dir: string, rounds: number): Row[] {
  // 80 bytes a line, as a compiler prints them.
  const commandOf = (lines: number): string => `yes "${'bench '.repeat(13)}" | head -n ${lines}`;
  const counts = [0, 50_000, 100_000, 200_000];
  const programs = counts.map((lines) => {
    const project = new BenchProject(path.join(dir, `${lines}`), printingFiles(commandOf(lines)));
    return [lines, project.galley(['sync'], () => project.forgetAll())] as const;
  });
  const bare = new BenchProject(path.join(dir, 'bare'), {}).program(['sh', '-c', commandOf(200_000)]);
  const timesOf = timeInTurns({ ...Object.fromEntries(programs), floor: bare }, rounds);
  const perLine = (lines: number): number[] =>
    timesOf(lines).map((ms, round) => ((ms - (timesOf(0)[round] as number)) * 1000) / lines);
  return [
    rowOf({
      what: 'sync printing 200,000 lines',
      ours: timesOf(200_000),
      floor: timesOf('floor'),
      against: 'the command',
      as: 'difference',
      most: 1000,
    }),
    ...[100_000, 200_000].map((lines) =>
      rowOf({
        what: `a line of ${lines.toLocaleString('en')}`,
        ours: perLine(lines),
        floor: perLine(50_000),
        against: 'of 50,000',
        unit: 'µs',
        as: 'ratio',
        most: LINEAR,
      }),
    ),
  ];
}

function launcher(dir: string, rounds: number): Row[] {
  const project = new BenchProject(dir, LAUNCHER_FILES).synced();
  return ['program', 'script'].map((product) => {
    const target = project.product(product);
    const programs = { ours: project.program([project.launcher(product)]), floor: project.program([target]) };
    const timesOf = timeInTurns(programs, rounds * SHORT * SHORT);
    const what = product === 'program' ? 'launcher, a link' : 'launcher, two lines of sh';
    return rowOf({
      what,
      ours: timesOf('ours'),
      floor: timesOf('floor'),
      against: 'the tool',
      as: 'difference',
      most: 2,
    });
  });
}

/** A package after the other: each begins to climb when the one it needs is done. */
function chain(dir: string, rounds: number): Row[] {
  const lengths = [500, 1000, 2000];
  const project = new BenchProject(dir, chainFiles(lengths));
  const sync = (length: number): string[] => ['sync', '--manifest', `${length}/galley.js`];
  const cold = lengths.map((length) => timeOnce(project.galley(sync(length))));
  const programs = lengths.flatMap((length) => [
    [`graph ${length}`, project.galley(sync(length), () => project.forgetResolution(`${length}`))],
    [`no-op ${length}`, project.galley(sync(length))],
  ]);
  const timesOf = timeInTurns({ ...Object.fromEntries(programs), floor: project.program(EMPTY_NODE) }, rounds);
  // Each length finds the assets of the one before in the cache, and makes only what is new.
  const [coldUs, coldestUs] = [(cold[0] as number) / 500, (cold[2] as number) / 1000].map((ms) => [ms * 1000]) as [
    number[],
    number[],
  ];
  const eachUs = (length: number): number[] => timesOf(`graph ${length}`).map((ms) => (ms * 1000) / length);
  const longest = { against: 'in a chain of 500', unit: 'µs', as: 'ratio', most: LINEAR } as const;
  return [
    rowOf({ what: 'package of a cold chain of 2,000', ours: coldestUs, floor: coldUs, ...longest }),
    rowOf({ what: 'package of a cached chain of 2,000', ours: eachUs(2000), floor: eachUs(500), ...longest }),
    ...lengths.map((length) =>
      rowOf({
        what: `no-op sync of a chain of ${length}`,
        ours: timesOf(`no-op ${length}`),
        floor: timesOf('floor'),
        against: 'node -e 0',
        as: 'ratio',
      }),
    ),
  ];
}
