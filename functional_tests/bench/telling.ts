// What it costs to tell a run: a recorded stream of events is told again, so that nothing else is measured. Drawing needs a
// terminal, which util-linux's `script` makes; what it writes is thrown away.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { EventBody } from '../../src/model/event.ts';
import { BenchProject } from './projects.ts';
import { type Row, rowOf } from './row.ts';

const BUSY = 50;
/** Each prints so often: much, as most lines of a build come in bursts. */
const LINES_PER_SECOND = 10;
/** The difference of two lengths is free of the start, and of loading what draws. */
const SHORT_S = 2;
const LONG_S = 8;

type Told = 'plain' | 'tui';

/** In a directory of its own, which is not there yet. */
export async function telling(dir: string, rounds: number): Promise<Row[]> {
  mkdirSync(dir, { recursive: true });
  const project = new BenchProject(path.join(dir, 'project'), {});
  const [none, many] = [0, 10_000].map((count) => writeTrace(path.join(dir, `${count}.ndjson`), printing(count)));
  const [short, long] = [SHORT_S, LONG_S].map((seconds) =>
    writeTrace(path.join(dir, `${seconds} s.ndjson`), busy(seconds)),
  );
  const events: Record<Told, number[]> = { plain: [], tui: [] };
  const busySecond: Record<Told, number[]> = { plain: [], tui: [] };
  for (let round = 0; round < rounds; round++) {
    for (const told of ['plain', 'tui'] as const) {
      const cpu = (trace: string | undefined, speed: number) => cpuMs(project, `${trace}`, told, speed);
      events[told].push(cpu(many, 0) - cpu(none, 0));
      // Long and calm: two rounds are as good as five.
      if (round < 2) busySecond[told].push((cpu(long, 1) - cpu(short, 1)) / (LONG_S - SHORT_S));
    }
  }
  return [
    rowOf({
      ...{ what: '10,000 events, interface', ours: events.tui, floor: events.plain },
      ...{ against: 'plain', as: 'value', most: 250 },
    }),
    rowOf({
      ...{ what: 'a second of 50 busy rows', ours: busySecond.tui, floor: busySecond.plain },
      ...{ against: 'plain', as: 'value', most: 100 },
    }),
  ];
}

/** Processor time of a whole replay, children none. */
function cpuMs(project: BenchProject, trace: string, told: Told, speed: number): number {
  const { argv, env, cwd } = project.galley(['replay', trace, '--reporter', told, '--speed', `${speed}`]);
  const times = path.join(project.dir, 'times');
  const call = argv.map((word) => `'${word}'`).join(' ');
  const script = `stty rows 40 cols 120; TIMEFORMAT='%U %S'; { time ${call} 2>&3; } 3>&2 2>'${times}'`;
  const quoted = `bash -c ${JSON.stringify(script).replaceAll('$', '\\$')}`;
  const options = { cwd, env: { ...env, TERM: 'xterm' }, stdio: 'ignore' } as const;
  execFileSync('script', ['-qec', quoted, '/dev/null'], options);
  const text = execFileSync('cat', [times], { encoding: 'utf8' });
  return text
    .trim()
    .split(' ')
    .reduce((sum, seconds) => sum + Number(seconds) * 1000, 0);
}

type Timed = EventBody & { at: number };

const FIRST: Timed = { type: 'run.started', at: 0, schema: 1, version: '0.1.0', command: 'sync', jobs: BUSY };

function lastAt(at: number): Timed {
  return { type: 'run.finished', at, outcome: 'ok', durationMs: at, counts: {} };
}

/** One package prints so many times. */
function printing(count: number): Timed[] {
  const lines = Array.from({ length: count }, (_, index) => lineOf('bench.p0@r1', index));
  return [FIRST, { type: 'phase.started', at: 0, package: 'bench.p0@r1', phase: 'build' }, ...lines, lastAt(count)];
}

/** So many packages are built for so long, and print. */
function busy(seconds: number): Timed[] {
  const names = Array.from({ length: BUSY }, (_, index) => `bench.package${index}@r1`);
  const begun = names.flatMap((name): Timed[] => [
    { type: 'phase.started', at: 0, package: name, phase: 'build' },
    { type: 'lane.entered', at: 0, package: name, lane: 'cpu' },
  ]);
  const lines: Timed[] = [];
  for (let at = 0; at < seconds * 1000; at += 1000 / LINES_PER_SECOND)
    lines.push(...names.map((name) => lineOf(name, at)));
  return [FIRST, ...begun, ...lines, lastAt(seconds * 1000)];
}

function lineOf(name: string, at: number): Timed {
  const text = `[${at}/9999] cc -O2 -fno-exceptions -Iinclude -c source/module-${at}.c -o build/module-${at}.o`;
  return { type: 'output.line', at, package: name, phase: 'build', id: 1, stream: 'both', text };
}

function writeTrace(file: string, events: readonly Timed[]): string {
  writeFileSync(file, events.map((event) => `${JSON.stringify(event)}\n`).join(''));
  return file;
}
