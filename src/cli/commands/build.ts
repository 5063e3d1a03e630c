// `galley build [query…]`: makes packages and places their products where somebody wants them.
import path from 'node:path';
import type { Services } from '../../build/services.ts';
import type { Session } from '../../build/session.ts';
import type { FailureFacts } from '../../model/event.ts';
import { Failure } from '../../model/failure.ts';
import type { OutputResult } from '../../model/output.ts';
import { ARCHITECTURES, formatPlatform, OPERATING_SYSTEMS, type Platform } from '../../model/platform.ts';
import { type Trial, tryOutput } from '../../output/trial.ts';
import type { Answer, Options, Run } from '../answer.ts';
import { flagText, oneOf } from '../flags.ts';
import { toJson, toJsonRow } from '../json.ts';
import { openProject, statusOfBuild, tellIfEmpty } from '../open-project.ts';
import { type Made, makeAndPlace, stateDirOf, type Task, wishesOf } from '../placing.ts';
import { type PlanOptions, tellPlan } from '../plan.ts';
import { tellError } from '../problems.ts';
import { environmentIn } from '../project-variables.ts';
import { run as cleanCache } from './cache-clean.ts';

/** Every program that people write says this much. */
const TRIAL = ['--version'];

export const run: Run = async (services, options, signal) => {
  const { settings, flags } = options;
  const task = readTask(options, services);
  if (flags['cache-clean']) await cleanCache(services, options, signal);
  const session = await openProject(services, settings);
  tellIfEmpty(session, services);
  if (settings.dryRun) return await tellTask(session, task, services, anewBy(flags));
  const made = await makeAndPlace(session, task, services, settings);
  if (made.results.length + made.failed.length === 0) tellNothing(session, task, services);
  const problems: FailureFacts[] = [];
  for (const { failure } of made.failed) problems.push(...(await tellError(failure, services)));
  const trials = flags['localhost-test'] ? await tryAll(made.results, session, options, services) : [];
  problems.push(...trials.flatMap((trial) => ('problem' in trial ? [trial.problem] : [])));
  return answerOf(made, problems, trials);
};

function readTask({ args, flags, rest }: Options, { cwd, platform }: Services): Task {
  const target = targetOf(flags, platform);
  const isHere = formatPlatform(target) === formatPlatform(platform);
  if (flags['localhost-test'] && !isHere) {
    throw new Failure('USAGE', `Cannot run here what is for ${formatPlatform(target)}`, {
      hint: 'Leave out --localhost-test, or --platform',
    });
  }
  if (rest.length > 0 && !flags['localhost-test']) {
    throw new Failure('USAGE', `Nobody gets the arguments "${rest.join(' ')}"`, { hint: 'Add --localhost-test' });
  }
  const outputDir = flagText(flags, 'output-dir');
  // Of a variable that is not set in a script, usually: that does not mean the working directory.
  if (outputDir === '')
    throw new Failure('USAGE', '--output-dir is empty', { hint: 'Name a directory; "." is this one' });
  return {
    queries: args,
    ...(outputDir !== undefined && { outputDir: path.resolve(cwd, outputDir) }),
    target,
    rebuild: flags.rebuild === true,
  };
}

/** This machine's, when nothing is said. */
function targetOf(flags: Options['flags'], here: Platform): Platform {
  const platforms = OPERATING_SYSTEMS.flatMap((os) => ARCHITECTURES.map((arch) => ({ os, arch })));
  const others = platforms.map(formatPlatform).filter((name) => name !== formatPlatform(here));
  const name = oneOf([formatPlatform(here), ...others], flags, 'platform');
  return platforms.find((platform) => formatPlatform(platform) === name) ?? here;
}

function anewBy(flags: Options['flags']): PlanOptions['anew'] {
  if (flags['cache-clean']) return 'everything';
  return flags.rebuild ? 'asked' : undefined;
}

async function tellTask(session: Session, task: Task, services: Services, anew: PlanOptions['anew']): Promise<Answer> {
  const wishes = wishesOf(session, task);
  const products = task.queries.length === 0 ? wishes.map(({ product }) => product) : [];
  const answer = await tellPlan(session, services, { queries: task.queries, products, anew });
  const places = wishes.map(({ product, name, dir }) => `${product} at ${path.join(dir, name ?? product)}`);
  if (task.outputDir !== undefined) places.push(`products in ${task.outputDir}`);
  for (const place of places) services.emit({ type: 'log.message', level: 'info', text: `Would place ${place}` });
  return answer;
}

function tellNothing({ manifest }: Session, { outputDir }: Task, { emit }: Services): void {
  const text =
    outputDir === undefined
      ? `Nothing to place: there is no --output-dir, and ${manifest.file} has no outputs for this`
      : 'Nothing to place: no product was made';
  emit({ type: 'log.message', level: 'info', text });
}

type Tried = Trial | { product: string; problem: FailureFacts };

/** One after the other: two programs that are tried at once could be in each other's way. */
async function tryAll(
  results: readonly OutputResult[],
  session: Session,
  { rest }: Options,
  services: Services,
): Promise<Tried[]> {
  const { cwd, env, files, clock, emit, signal } = services;
  const tried: Tried[] = [];
  for (const result of results) {
    try {
      const trial = await tryOutput(result, {
        ...{ cwd, files, clock, emit, signal },
        args: rest.length > 0 ? rest : TRIAL,
        env: environmentIn(session.manifest, env),
        logDir: path.join(stateDirOf(session.manifest), 'trials'),
      });
      if (trial) tried.push(trial);
    } catch (error) {
      if (!(error instanceof Failure) || signal.aborted) throw error;
      const [problem] = await tellError(error, services);
      tried.push({ product: result.product, problem: problem as FailureFacts });
    }
  }
  return tried;
}

function answerOf({ answer, results }: Made, problems: readonly FailureFacts[], tried: readonly Tried[]): Answer {
  const failures = [...answer.failures, ...problems];
  const outcome = failures.length > 0 && answer.outcome === 'ok' ? 'failed' : answer.outcome;
  const trialOf = (product: string): object => {
    const trial = tried.find((one) => one.product === product && 'exitStatus' in one);
    return trial ? { trial: toJsonRow(trial) } : {};
  };
  return {
    status: statusOfBuild({ outcome, failures }),
    stdout: results.map(({ outputPath }) => outputPath).join('\n'),
    json: {
      outcome,
      packages: answer.packages.map(toJsonRow),
      outputs: toJson(results.map((result) => ({ ...(toJsonRow(result) as object), ...trialOf(result.product) }))),
      failures: toJson(failures.map(({ code, message, hint, facts }) => ({ code, message, hint, facts }))),
    },
  };
}
