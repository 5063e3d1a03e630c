// A finished run as Markdown, for the page that GitHub shows of a job. What recipes and commands say stands in it as
// text: it can neither leave its block nor become a link or an image.
import { formatDuration } from '../model/amount.ts';
import { stripControl } from '../system/terminal.ts';
import { type FailedPackage, formatFailure, headOf } from './failures.ts';
import { createPaint } from './paint.ts';
import type { PackageRecord, RunRecord, TestRecord } from './record.ts';
import { problemAlone, renderProblem } from './render.ts';
import { formatSummary } from './summary.ts';

/** GitHub refuses the whole summary of a step above 1 MiB; several runs of one step share that. */
const MOST_CHARACTERS = 128 * 1024;
/** Longer tables are not read. */
const MOST_ROWS = 100;

const NO_PAINT = createPaint(false);
const TITLES = { ok: 'succeeded', failed: 'failed', cancelled: 'was cancelled' };

/** Undefined when there is nothing to tell: nothing was made, and nothing is wrong. */
export function formatJobSummary(run: RunRecord): string | undefined {
  const { packages, tests, problems, counts, testCounts } = run;
  if (packages.length + tests.length + problems.length === 0) return undefined;
  const failures = [...packages, ...tests].flatMap(({ failure }) => failure ?? []);
  const parts = [
    `### galley ${run.command} ${TITLES[run.outcome]}`,
    ...[formatSummary({ counts, tests: testCounts, durationMs: run.durationMs }) ?? []].flat(),
    ...tableOf([...packages, ...tests]),
    ...problems.map((error) => fence(renderProblem(problemAlone(error), NO_PAINT))),
    ...failures.map(detailsOf),
  ];
  return `${fitting(parts).join('\n\n')}\n\n`;
}

/** Only what this run has done, or could not do: that two hundred packages were in the cache is a number. */
function tableOf(records: readonly (PackageRecord | TestRecord)[]): string[] {
  const told = records.filter(({ outcome }) => outcome !== 'cached' && outcome !== 'present' && outcome !== 'skipped');
  if (told.length === 0) return [];
  const rows = told.slice(0, MOST_ROWS).map(rowOf);
  const rest = told.length > MOST_ROWS ? [`| … and ${told.length - MOST_ROWS} more | | |`] : [];
  return [['| package | outcome | time |', '| --- | --- | --: |', ...rows, ...rest].join('\n')];
}

function rowOf({ package: name, outcome, durationMs }: PackageRecord | TestRecord): string {
  return `| ${code(name)} | ${outcome} | ${formatDuration(durationMs)} |`;
}

function detailsOf(failure: FailedPackage): string {
  const title = escapeHtml(headOf(failure, NO_PAINT));
  return `<details open><summary>${title}</summary>\n\n${fence(formatFailure(failure, NO_PAINT))}\n\n</details>`;
}

/** A fence that no line of the text can close. */
function fence(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const marks = '`'.repeat(longest + 1);
  return `${marks}text\n${text}\n${marks}`;
}

const code = (text: string): string =>
  `<code>${escapeHtml(text).replaceAll('|', '&#124;').replaceAll('\n', ' ')}</code>`;

/** Letters that Markdown or HTML could read as more than themselves. */
function escapeHtml(text: string): string {
  return stripControl(text).replace(/[&<>"'`*_~[\]()!\\#@:]/g, (letter) => `&#${letter.codePointAt(0)};`);
}

function fitting(parts: readonly string[]): string[] {
  let left = MOST_CHARACTERS;
  const fit = parts.findIndex((part) => {
    left -= part.length + 2;
    return left < 0;
  });
  return fit < 0 ? [...parts] : [...parts.slice(0, fit), `… and ${parts.length - fit} more, in the log of this step`];
}
