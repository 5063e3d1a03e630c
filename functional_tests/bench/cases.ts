// What is measured, each against its floor: the same work without Galley, in the same rounds.
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { BenchProject, chainFiles, chainManifest, launcherFiles, printingFiles, TRIVIAL_COMMAND, trivialFiles } from './projects.ts';
import { type Row, rowOf } from './row.ts';
import { peakMegabytes, type Program, type Times, timeInTurns, timeOnce } from './stopwatch.ts';

/** Measures in a directory of its own, which is not there yet, as many rounds as are asked for. */
type Case = (dir: string, rounds: number) => Promise<Row[]> | Row[];

const FLOOR = path.join(import.meta.dirname, 'floor.mjs');
const EMPTY_NODE = [process.execPath, '-e', '0'];

export const CASES: Readonly<Record<string, Case>> = { noop, cold, memory, output, launcher, chain };

function noop(dir: string, rounds: number): Row[] {
  const counts = [1, 20, 100];
  const projects = counts.map((count) => new BenchProject(path.join(dir, `${count}`), trivialFiles(count)));
  for (const project of projects) timeOnce(project.galley(['sync']));
  const floor = (projects[0] as BenchProject).program(EMPTY_NODE);
  const times = timeInTurns({ ...byCount(counts, (_, index) => (projects[index] as BenchProject).galley(['sync'])), floor }, rounds * 5);
  return counts.map((count) => {
    const against = { against: 'node -e 0', floor: floorOf(times), as: 'ratio' } as const;
    return rowOf({ what: `no-op sync of ${count}`, ours: timesOf(times, count), ...against, ...(count === 100 && { most: 2 }) });
  });
}

function cold(dir: string, rounds: number): Row[] {
  const project = new BenchProject(dir, trivialFiles(100));
  const shells = [process.execPath, FLOOR, '100', TRIVIAL_COMMAND, `${availableParallelism()}`];
  const times = timeInTurns({ ours: project.galley(['sync'], () => project.forgetAll()), floor: project.program(shells) }, rounds);
  return [rowOf({ what: 'cold sync of 100', ...times, against: 'node starting 100 sh', as: 'ratio', most: 6 })];
}

async function memory(dir: string): Promise<Row[]> {
  const project = new BenchProject(dir, trivialFiles(100));
  const ours = await peakMegabytes(project.galley(['sync'], () => project.forgetAll()));
  const floor = await peakMegabytes(project.program(EMPTY_NODE));
  if (ours === undefined || floor === undefined) return [];
  return [rowOf({ what: 'memory of the cold 100', ours: [ours], floor: [0], against: 'nothing', as: 'difference', unit: 'MB', most: 250 })];
}

/** 80 bytes a line, as a compiler prints them. */
function output(dir: string, rounds: number): Row[] {
  const counts = [0, 50_000, 100_000, 200_000];
  const commandOf = (lines: number): string => `yes "${'bench '.repeat(13)}" | head -n ${lines}`;
  const projects = counts.map((lines) => new BenchProject(path.join(dir, `${lines}`), printingFiles(commandOf(lines))));
  const times = timeInTurns(
    {
      ...byCount(counts, (_, index) => {
        const project = projects[index] as BenchProject;
        return project.galley(['sync'], () => project.forgetAll());
      }),
      floor: (projects[0] as BenchProject).program(['sh', '-c', commandOf(200_000)]),
    },
    rounds,
  );
  const empty = timesOf(times, 0);
  const perLine = (lines: number): number[] => timesOf(times, lines).map((ms, round) => ((ms - (empty[round] as number)) / lines) * 1000);
  return [
    rowOf({ what: 'sync printing 200,000 lines', ours: timesOf(times, 200_000), floor: floorOf(times), against: 'the command', as: 'difference', most: 1000 }),
    rowOf({ what: 'one line of 200,000', ours: perLine(200_000), floor: perLine(50_000), against: 'of 50,000', unit: 'µs', as: 'ratio', most: 1.5 }),
  ];
}

function launcher(dir: string, rounds: number): Row[] {
  const project = new BenchProject(dir, launcherFiles());
  timeOnce(project.galley(['sync']));
  const [program, script] = ['program', 'script'].map((name) => realpathSync(project.launcher(name)));
  return [];
}

function byCount(counts: readonly number[], programOf: (count: number, index: number) => Program): Record<string, Program> {
  return Object.fromEntries(counts.map((count, index) => [`${count}`, programOf(count, index)]));
}

const timesOf = (times: Times<string>, count: number): number[] => times[`${count}`] as number[];
const floorOf = (times: Times<string>): number[] => times.floor as number[];
