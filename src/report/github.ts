// A run in a workflow of GitHub Actions: the lines of the plain reporter, each problem as an annotation at its place, the
// failures in groups that fold, and a summary for the page of the job. Nothing that a recipe or command says can become
// a command to the runner.
import { CODES } from '../model/codes.ts';
import type { Event, FailureFacts } from '../model/event.ts';
import { stripControl } from '../system/terminal.ts';
import { createCriticalPath, formatCriticalPath } from './critical-path.ts';
import { createFailures, type FailedPackage, formatFailure, headOf } from './failures.ts';
import { formatJobSummary } from './job-summary.ts';
import { createPaint } from './paint.ts';
import { Recorder } from './record.ts';
import { problemAlone, renderProblem } from './render.ts';
import { isFull, type Reporter } from './reporter.ts';
import { formatSummary } from './summary.ts';
import { createTeller, type TellerOptions } from './teller.ts';
import { inert, workflowCommand } from './workflow.ts';

export interface Workflow {
  /** Checkout of the repository: annotations name files below it by their relative path. */
  workspaceDir: string | undefined;
  /** A text that nobody can guess. */
  token: string;
  /** Adds Markdown to the page of the job. */
  appendSummary?: (markdown: string) => Promise<void>;
}

/** A group is folded away: more than the other reporters show costs nobody anything. */
const TAIL_LINES = 200;
/** An annotation is read in the margin of a file. */
const ANNOTATED_LINES = 10;

const NO_PAINT = createPaint(false);

export function createGithubReporter(options: TellerOptions, workflow: Workflow): Reporter {
  const { paint, quiet, sink } = options;
  const failures = createFailures(TAIL_LINES);
  const critical = createCriticalPath();
  const recorder = new Recorder();
  const teller = createTeller({ ...options, sink: { write: (text) => sink.write(inert(text)) } });
  const annotate = createAnnotator(workflow);
  const command = (line: string): void => void sink.write(`${line}\n`);

  function tellFailure(failure: FailedPackage): void {
    for (const error of failure.errors) command(annotate(error, failure));
    command(workflowCommand('group', {}, stripControl(headOf(failure, NO_PAINT))));
    teller.say(formatFailure(failure, paint));
    command('::endgroup::');
  }

  return {
    report(event) {
      failures.see(event);
      critical.see(event);
      recorder.see(event);
      if (event.type === 'problem.found' && !failures.tells(event.error)) {
        command(annotate(event.error));
        teller.say(renderProblem(problemAlone(event.error), paint));
      }
      const warning = warningOf(event);
      if (warning) command(warning);
      // Its output goes past us, straight to the runner.
      if (event.type === 'terminal.borrowed') command(`::stop-commands::${workflow.token}`);
      if (event.type === 'terminal.returned') command(`::${workflow.token}::`);
      teller.tell(event);
      if (event.type !== 'run.finished') return;
      failures.list().forEach(tellFailure);
      if (quiet) return;
      teller.say(formatSummary(event));
      if (event.outcome === 'ok') teller.say(formatCriticalPath(critical.steps(), event.durationMs));
    },
    isLagging: () => isFull(sink),
    async close() {
      teller[Symbol.dispose]();
      const markdown = formatJobSummary(recorder.record());
      try {
        if (markdown !== undefined) await workflow.appendSummary?.(markdown);
      } catch (error) {
        // Everything in it has been told already.
        command(workflowCommand('warning', { title: 'No job summary' }, stripControl(String(error))));
      }
    },
  };
}

/** What went well all the same, but somebody should look at. */
function warningOf(event: Event): string | undefined {
  switch (event.type) {
    case 'recipe.deprecated':
      return workflowCommand(
        'warning',
        { title: stripControl(event.package) },
        `deprecated: ${stripControl(event.message)}`,
      );
    case 'depot.refused':
      return event.isKnown
        ? undefined
        : workflowCommand('warning', { title: stripControl(event.depot) }, stripControl(event.error.message));
    case 'log.message':
      if (event.level !== 'warn' && event.level !== 'error') return undefined;
      return workflowCommand(
        event.level === 'warn' ? 'warning' : 'error',
        { title: stripControl(event.package ?? 'galley') },
        stripControl(event.text),
      );
    default:
      return undefined;
  }
}

function createAnnotator({ workspaceDir }: Workflow) {
  const relative = (file: string): string =>
    workspaceDir !== undefined && file.startsWith(`${workspaceDir}/`) ? file.slice(workspaceDir.length + 1) : file;

  return ({ code, message, hint, location }: FailureFacts, failure?: FailedPackage): string => {
    const title = failure === undefined ? code : `${stripControl(failure.package)}: ${code}`;
    const output = failure?.errors.length === 1 ? failure.output.slice(-ANNOTATED_LINES) : [];
    const text = [message, ...output, ...(hint === undefined ? [] : [hint])].map(stripControl).join('\n');
    const kind = CODES[code].blame === 'advice' ? 'notice' : 'error';
    if (!location) return workflowCommand(kind, { title }, text);
    const { file, line, column, length } = location;
    const place = { file: relative(file), line, col: column, endColumn: length && column + length };
    return workflowCommand(kind, { ...place, title }, text);
  };
}
