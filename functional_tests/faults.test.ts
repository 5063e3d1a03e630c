// Random schedules of faults against several processes on one cache: in each step something is wrong with the machine
// (troubles), and then the processes are killed, asked to end, or left alone. Whatever they were doing, the next sync ends
// well and everything is whole, nothing is published twice, no verified download is lost, and nothing is left.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, onTestFailed, test } from 'vitest';
import { Chance } from './rig/chance.ts';
import { anotherMachine } from './rig/depot.ts';
import { type Finished, type Running, start, succeed } from './rig/galley.ts';
import { createKitchen } from './rig/kitchen.ts';
import { MOMENTS, type Moment, momentsOf, waitFor } from './rig/moments.ts';
import { isLong, rounds } from './rig/rounds.ts';
import { mountDisk } from './rig/small-disk.ts';
import { depotOf, expectDecent, expectMadeGood, expectWholeFiles } from './rig/survival.ts';
import { begin, type Kind, kindsWith, type Scene, type Trouble } from './rig/troubles.ts';

/** After more of them everything is made, and nobody is in the middle of anything. */
const STEPS = 3;
/** Far above what a whole run takes on a busy machine. */
const HANGS_MS = 90_000;

/** Kills most of the time: these are what the report counts. */
const KILLS = Array<'SIGKILL'>(rounds(4, 8)).fill('SIGKILL');
const BLOWS = [...KILLS, 'SIGTERM', 'SIGINT', undefined, undefined] as const;
type Blow = (typeof BLOWS)[number];

/** The moments that are over soonest are aimed at twice. */
const AIMS: readonly Moment[] = [...MOMENTS.filter((moment) => moment !== 'import'), 'publish', 'ending'];

interface Step {
  kind: Kind;
  moment: Moment;
  blow: Blow;
}

/** Each schedule has chance of its own, so that one of them can be repeated alone: `-t 'schedule 17$'` with the seed. */
const { seed } = new Chance();
const report = {
  kills: new Map<Moment, number>(MOMENTS.map((moment) => [moment, 0])),
  faults: new Map<string, number>(),
  codes: new Map<string, number>(),
  points: 0,
  processes: 0,
  schedules: 0,
  good: 0,
};

afterAll(() => {
  tell();
  if (!isLong) return;
  expect(report.points, 'kill points').toBeGreaterThanOrEqual(500);
  expect(Math.min(...report.kills.values()), 'kills in the rarest moment').toBeGreaterThanOrEqual(5);
});

/** At once: a long run ends in half an hour. */
function tellProblem(errors: readonly { message: string }[] | undefined): void {
  for (const { message } of errors ?? []) process.stdout.write(`WRONG: ${message}\n`);
}

function tell(): void {
  const list = (counts: Map<string, number>) => [...counts].map(([name, count]) => `${name} ${count}`).join(', ');
  process.stdout.write(
    [
      `kill points ${report.points} of ${report.processes} processes; in the middle of: ${list(report.kills)}`,
      `faults: ${list(report.faults)}`,
      `codes of runs that failed: ${list(report.codes)}`,
      `schedules ${report.schedules}, with wrong results ${report.schedules - report.good}, seed ${seed}`,
      '',
    ].join('\n'),
  );
}

const ROUNDS = rounds(4, 210);

test.each(Array.from({ length: ROUNDS }, (_, round) => round))(
  'whatever befalls the runs is made good by the next, schedule %i',
  async (round) => {
    report.schedules += 1;
    const chance = new Chance(seed + round);
    onTestFailed(({ task }) => tellProblem(task.result?.errors));
    const kitchen = await createKitchen();
    // Every other schedule is on a disk of its own, which can be full.
    const disk = round % 2 === 0 ? await mountDisk(kitchen.project.cacheDir, 'size=64m') : undefined;
    // In every fourth a depot has it all.
    const isSupplied = round % 4 === 3;
    if (isSupplied)
      await succeed(anotherMachine(kitchen.project, 'machine', { expectTidy: false }), ['push', depotOf(kitchen)]);
    const scene = { kitchen, disk, chance };
    const steps = draw(round, isSupplied, scene);
    const ended: Finished[] = [];
    let context = `seed ${seed}, schedule ${round}`;
    for (const step of steps) {
      const trouble = await begin(step.kind, scene);
      context += `; ${trouble.told}, ${step.blow ?? 'left alone'} in ${step.moment}`;
      ended.push(...(await carryOut(step, trouble, { scene, isSupplied, context })));
      await expectWholeFiles(kitchen, context);
    }
    await expectMadeGood(kitchen, {
      ended: ended.map(({ events }) => events),
      isSupplied,
      context,
    });
    report.good += 1;
    // Who waits so long wants to see how far it is.
    if (isLong && round % 10 === 9) tell();
  },
);

/** A run gets further with each step, so the moments of a schedule, which are from all over a run, are in their order. */
function draw(round: number, isSupplied: boolean, { disk, chance }: Scene): Step[] {
  const kinds = kindsWith(disk);
  const steps = Array.from({ length: STEPS }, (_, index): Step => {
    const number = round + index * Math.floor(AIMS.length / STEPS);
    const moment = isSupplied && index === 0 ? 'import' : (AIMS[number % AIMS.length] as Moment);
    return {
      kind: chance.below(3) === 0 ? 'calm' : (kinds[chance.below(kinds.length)] as Kind),
      moment,
      blow: BLOWS[chance.below(BLOWS.length)],
    };
  });
  return steps.sort((one, other) => MOMENTS.indexOf(one.moment) - MOMENTS.indexOf(other.moment));
}

interface Circumstances {
  scene: Scene;
  isSupplied: boolean;
  context: string;
}

/** Starts processes, lets trouble and the blow come over them, and answers how they ended. */
async function carryOut({ kind, moment, blow }: Step, trouble: Trouble, { scene, isSupplied, context }: Circumstances) {
  const { chance, kitchen } = scene;
  const { project, annexe } = kitchen;
  const env = { ...trouble.env, ...(isSupplied && { GALLEY_DEPOTS: depotOf(kitchen) }) };
  const third = thirdCommand(moment, scene);
  const syncs = ['.', annexe].map((cwd) => start(project, 'sync', { env, cwd }));
  const runs = [...syncs, start(project, third, { env })];
  note(report.faults, kind);
  // Without a network a moment may never come.
  await Promise.race([waitFor({ moment, project, chance }, runs), sleep(kind === 'network' ? 2_000 : 20_000)]);
  await trouble.strike?.(runs);
  if (blow) {
    note(report.faults, blow);
    await (chance.below(2) === 0 ? dealAtOnce(blow, runs) : dealEach(blow, runs, scene));
  } else await Promise.race([sleep(chance.below(300)), Promise.all(runs.map((run) => run.finished))]);
  await trouble.lift?.();
  const ends = await Promise.all(runs.map((run) => endOf(run, context)));
  for (const end of ends) {
    report.processes += 1;
    for (const code of expectDecent(end, { mayFail: trouble.mayFail, signal: blow }, context)) note(report.codes, code);
    if (end.status === 137) countKill(momentsOf(end.events.all));
  }
  return ends;
}

/** Beside the syncs of two projects; a push and a placing come only where they are wanted. */
function thirdCommand(moment: Moment, { kitchen, chance }: Scene): string[] {
  const push = ['push', depotOf(kitchen)];
  const build = ['build', 'dough', '--output-dir', 'out'];
  if (moment === 'export') return push;
  if (moment === 'placing') return build;
  return [['sync'], ['sync'], build, push, ['cache', 'gc']][chance.below(5)] as string[];
}

async function dealAtOnce(blow: NodeJS.Signals, runs: readonly Running[]): Promise<void> {
  for (const run of runs) run.kill(blow);
}

/** To each in a moment of its own, or after some time when that does not come. */
async function dealEach(
  blow: NodeJS.Signals,
  runs: readonly Running[],
  { kitchen: { project }, chance }: Scene,
): Promise<void> {
  const deal = async (run: Running): Promise<void> => {
    const moments = AIMS.filter((moment) => moment !== 'export' && moment !== 'placing');
    const moment = moments[chance.below(moments.length)] as Moment;
    await Promise.race([waitFor({ moment, project, chance }, [run]), sleep(100 + chance.below(1500))]);
    run.kill(blow);
  };
  await Promise.all(runs.map(deal));
}

async function endOf(run: Running, context: string): Promise<Finished> {
  const hangs = new AbortController();
  const end = await Promise.race([run.finished, sleep(HANGS_MS, undefined, { signal: hangs.signal })]);
  hangs.abort();
  if (end === undefined) throw new Error(`${context}: a run hangs`);
  return end;
}

function countKill(doing: ReadonlySet<Moment>): void {
  if (doing.size === 0) return;
  report.points += 1;
  for (const moment of doing) note(report.kills, moment);
}

function note<Name extends string>(counts: Map<Name, number>, name: Name): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
