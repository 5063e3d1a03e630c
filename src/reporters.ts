// The readers of the events that a run gets: the one that tells it on stderr, and those that write files. They are
// opened before anything is done, so that a file that cannot be written ends a run at its beginning.
import path from 'node:path';
import type { Settings } from './model/settings.ts';
import { chooseReporter } from './report/choose.ts';
import type { Workflow } from './report/github.ts';
import { inPlainWords } from './report/plain-words.ts';
import { joinReporters, type Reporter } from './report/reporter.ts';
import type { Streams } from './report/tui/live.ts';
import { type Clock, systemClock } from './system/clock.ts';
import type { Files } from './system/files.ts';
import { randomUuid } from './system/temporary.ts';
import { createTerminal, type OutputStream } from './system/terminal.ts';

export interface Stage {
  /** What the run is told on; absent: that of the machine. */
  clock?: Clock;
  env: Readonly<Record<string, string | undefined>>;
  files: Files;
  stdin: () => Streams['input'];
  stdout: OutputStream;
  stderr: Streams['output'];
}

export async function openReporter(settings: Settings, stage: Stage): Promise<Reporter> {
  const { env, files, stdin, stdout, stderr, clock = systemClock } = stage;
  const screen = createTerminal({ stdout, stderr, env }).stderr;
  const inWorkflow = env.GITHUB_ACTIONS === 'true';
  const streams = () => ({ output: stderr, input: stdin() });
  const surroundings = { sink: stderr, screen, streams, clock, env, inCi: Boolean(env.CI), inWorkflow };
  const chosen = await chooseReporter(settings, { ...surroundings, workflow: workflowOf(stage) });
  const recorders = [openTrace(settings, files), openProfile(settings, files), openSummaries(settings, files)];
  // Programs get every text as it is.
  const told = settings.reporter === 'json' ? chosen : inPlainWords(chosen);
  return joinReporters([told, ...(await Promise.all(recorders)).flat()]);
}

async function openTrace({ trace }: Settings, files: Files): Promise<Reporter[]> {
  if (trace === undefined) return [];
  const { createTraceReporter } = await import('./report/trace.ts');
  return [createTraceReporter(await files.openWriter(trace, { start: 'replace' }))];
}

async function openProfile({ profile }: Settings, files: Files): Promise<Reporter[]> {
  if (profile === undefined) return [];
  // At the end of a long run it would be late to learn that there is no such directory.
  await files.statTarget(path.dirname(profile));
  const { createProfileReporter } = await import('./report/profile/profile.ts');
  return [createProfileReporter((text) => files.writeAtomic(profile, text))];
}

/** The report of an earlier run would be taken for that of this one, should this one be killed. */
async function openSummaries({ summary }: Settings, files: Files): Promise<Reporter[]> {
  if (summary.length === 0) return [];
  for (const file of summary) {
    await files.ensureDir(path.dirname(file));
    if (await files.exists(file)) await files.unlink(file);
  }
  const { createSummaryReporter } = await import('./report/summary-file.ts');
  return [createSummaryReporter([...new Set(summary)], (file, text) => files.writeAtomic(file, text))];
}

/** https://docs.github.com/actions/reference/variables-reference */
function workflowOf({ env, files }: Stage): Workflow {
  const { GITHUB_WORKSPACE: workspaceDir, GITHUB_STEP_SUMMARY: page } = env;
  const appendSummary = async (markdown: string): Promise<void> => {
    await using writer = await files.openWriter(page as string, { start: 'append' });
    await writer.write(Buffer.from(markdown));
  };
  return { workspaceDir, token: randomUuid(), ...(page ? { appendSummary } : {}) };
}
