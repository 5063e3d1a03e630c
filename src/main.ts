// From the process to a run and back: arguments, environment and streams come in here, one command is run, its answer
// and the exit status go out. The only place that knows `process`.
import type { Answer } from './cli/answer.ts';
import { withExcerpt } from './cli/excerpt.ts';
import { type CommandLine, parseCommandLine } from './cli/parse.ts';
import { tellError } from './cli/problems.ts';
import { isBrief } from './cli/quick.ts';
import { defaultSettings, readSettings } from './cli/read-settings.ts';
import { createRetoldClock, speedOf } from './cli/replay/pace.ts';
import type { ResolvedSettings } from './cli/settings.ts';
import { statusOf } from './cli/status.ts';
import { type Code, exitStatusOf } from './model/codes.ts';
import { type Emit, EVENT_SCHEMA, type EventBody } from './model/event.ts';
import { describeError } from './model/facts.ts';
import { Failure } from './model/failure.ts';
import type { Settings } from './model/settings.ts';
import { following, type Reporter } from './report/reporter.ts';
import { createTally, type Tally } from './report/summary.ts';
import { openReporter } from './reporters.ts';
import { createServices, ownPath } from './services.ts';
import { systemClock } from './system/clock.ts';
import { guard } from './system/errno.ts';
import { createFiles } from './system/files.ts';
import { leave } from './system/leave.ts';
import { exitCodeOf, onStopSignals } from './system/signals.ts';
import { boundYoungObjects } from './system/young.ts';
import { VERSION } from './version.ts';

type Called = Extract<CommandLine, { kind: 'command' }>;

/** What the process was given. */
interface World {
  argv: string[];
  env: Readonly<Record<string, string | undefined>>;
  cwd: string;
  /** Epoch milliseconds. */
  startedAt: number;
  stdin: () => NodeJS.ReadStream;
  stdout: NodeJS.WriteStream;
  stderr: NodeJS.WriteStream;
  files: ReturnType<typeof createFiles>;
}

/** The last thing that happens: a socket or worker that is still open does not keep a finished run alive. */
export async function main(): Promise<void> {
  process.stderr.on('error', ignoreClosed);
  process.stdout.on('error', () => {}); // `print` hears of it too.
  // A promise that nobody waits for is our bug, and must not end in Node's own words.
  process.on('uncaughtException', (error) => process.exit(lastResort(error)));
  const world = {
    argv: process.argv.slice(2),
    env: { ...process.env },
    cwd: process.cwd(),
    startedAt: systemClock.now(),
    stdin: () => process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    files: createFiles(),
  };
  const status = await runProgram(world).catch(lastResort);
  const arrived = Promise.all([written(process.stdout), written(process.stderr)]);
  await (isHurried ? Promise.race([arrived, systemClock.sleep(LAST_WORDS_MS)]) : arrived);
  leave(status);
}

/** A signal asked for the end: a reader who stands still does not keep us. */
let isHurried = false;
const LAST_WORDS_MS = 1000;

/** Who tells the run, and may have drawn something that would cover the last words. */
let telling: Reporter | undefined;

/** Even the telling of problems has failed. */
function lastResort(error: unknown): number {
  void telling?.close();
  const [{ code, message }] = describeError(error);
  const isBug = code === 'INTERNAL' && error instanceof Error;
  process.stderr.write(isBug ? `galley: ${error.stack}\n` : `error: ${message}\n  code: ${code}\n`);
  return exitStatusOf(code);
}

async function runProgram(world: World): Promise<number> {
  let called: CommandLine;
  let resolved: ResolvedSettings;
  let reporter: Reporter;
  try {
    called = await parseCommandLine(world.argv);
    if (called.kind === 'help') return await print({ status: 0, stdout: called.text.trimEnd() }, false);
    if (called.kind === 'code') return await print({ status: 0, stdout: await tellCode(called.code, world) }, false);
    resolved = await readSettings(called.settings, world);
    reporter = called.row.retells
      ? await openRetelling(called, resolved.settings, world)
      : await openReporter(resolved.settings, world);
    telling = reporter;
  } catch (error) {
    return await refuse(error, world);
  }
  try {
    return await runCommand(called, resolved, { ...world, reporter }).finally(() => reporter.close());
  } catch (error) {
    return await refuse(error, world);
  }
}

/** What the reference says of a code; the page comes with the program. */
async function tellCode(code: Code, { files }: World): Promise<string> {
  const { textOfPage } = await import('./cli/code-page.ts');
  return textOfPage(code, await files.readText(ownPath(`docs/reference/errors/${code}.md`)));
}

/** Where there is no reporter to tell a problem, the default one does. */
async function refuse(error: unknown, world: World): Promise<number> {
  const reporter = await openReporter(defaultSettings(world), world);
  const problems = await tellError(error, { emit: stamp(reporter), files: world.files });
  await reporter.close();
  return statusOf(problems.map(({ code }) => code));
}

async function runCommand(
  called: Called,
  resolved: ResolvedSettings,
  world: World & { reporter: Reporter },
): Promise<number> {
  const startedMs = systemClock.monotonicMs();
  const tally = createTally();
  const send = stamp(world.reporter);
  const emit: Emit = (event) => {
    tally.count(event);
    send(event);
  };
  const { name: command, retells } = called.row;
  if (!retells)
    emit({ type: 'run.started', schema: EVENT_SCHEMA, version: VERSION, command, jobs: resolved.settings.jobs });
  const isLagging = () => world.reporter.isLagging?.() ?? false;
  const answer = await answerOf(called, resolved, { ...world, emit, isLagging });
  if (!retells) emit(finishedEvent(answer.status, systemClock.monotonicMs() - startedMs, tally));
  if (answer.become) return await become(answer.become, { ...world, emit });
  return await print(answer, called.flags.json === true);
}

/** Runs the command; whatever it throws is told, and becomes an answer too. A signal decides the status. */
async function answerOf(
  { row, args, rest, flags, lists }: Called,
  resolved: ResolvedSettings,
  world: World & { emit: Emit; isLagging: () => boolean },
): Promise<Answer> {
  const stop = new AbortController();
  let signalStatus: number | undefined;
  using _listening = onStopSignals((signal) => {
    signalStatus ??= exitCodeOf(signal);
    isHurried = true;
    stop.abort(new Failure('INTERRUPTED', `The run was cancelled by ${signal}`));
  });
  using _bound = boundYoungObjects();
  let answer: Answer;
  try {
    const services = createServices({
      ...world,
      invocation: { argv: world.argv, cwd: world.cwd, isBrief: isBrief(world), startedAt: world.startedAt },
      signal: stop.signal,
    });
    try {
      const { run } = await row.load();
      answer = await run(services, { ...resolved, args, rest, flags, lists }, stop.signal);
    } finally {
      await services.close();
    }
  } catch (error) {
    const problems = await tellError(error, world);
    answer = { status: statusOf(problems.map(({ code }) => code)) };
  }
  return signalStatus === undefined ? answer : { status: signalStatus };
}

async function become(successor: NonNullable<Answer['become']>, world: World & { emit: Emit }): Promise<number> {
  const { becomeCommand } = await import('./system/become.ts');
  try {
    return await becomeCommand(successor);
  } catch (error) {
    return statusOf((await tellError(error, world)).map(({ code }) => code));
  } finally {
    await successor.afterwards?.();
  }
}

/** A recorded run is told on its own clock. */
async function openRetelling({ flags }: Called, settings: Settings, world: World): Promise<Reporter> {
  const clock = createRetoldClock(systemClock, speedOf({ flags, settings }));
  return following(await openReporter(settings, { ...world, clock }), clock);
}

/** An event of a recorded run brings its time along. */
function stamp(reporter: Reporter): Emit {
  return (event: EventBody & { at?: number }) => {
    const { at = systemClock.now() } = event;
    reporter.report({ ...withExcerpt(event), at });
  };
}

function finishedEvent(status: number, durationMs: number, { counts, tests }: Tally): EventBody {
  const outcome = status === 0 ? 'ok' : status > 128 ? 'cancelled' : 'failed';
  const tested = Object.keys(tests).length > 0 ? { tests } : {};
  return { type: 'run.finished', outcome, durationMs: Math.round(durationMs), counts, ...tested };
}

/** Results, and nothing but results. */
async function print({ status, stdout, json }: Answer, asJson: boolean): Promise<number> {
  const text = asJson && json !== undefined ? JSON.stringify(json, null, 2) : stdout;
  if (text !== undefined && text !== '') await guard('write', 'stdout', () => writeOut(`${text}\n`));
  return status;
}

function writeOut(text: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  process.stdout.write(text, (error) => (error && !isClosed(error) ? reject(error) : resolve()));
  return promise;
}

/** `galley list | head -1`: a reader that has seen enough is no error. */
function isClosed({ code }: NodeJS.ErrnoException): boolean {
  return code === 'EPIPE';
}

function ignoreClosed(error: NodeJS.ErrnoException): void {
  if (!isClosed(error)) throw error;
}

/** Pipes are written behind our back; the process may end before they have arrived. */
function written(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => stream.write('', () => resolve()));
}
