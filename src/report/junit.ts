// A finished run as JUnit XML, which every CI service shows: a suite of the packages, one of their tests, and one of the
// problems that belong to none. The dialect is the one of Jenkins and Surefire; time is in seconds.
import { CODES } from '../model/codes.ts';
import type { FailureFacts } from '../model/event.ts';
import { stripControl } from '../system/terminal.ts';
import type { FailedPackage } from './failures.ts';
import { formatFailure } from './failures.ts';
import { createPaint } from './paint.ts';
import type { PackageRecord, RunRecord, TestRecord } from './record.ts';
import { problemAlone, renderProblem } from './render.ts';

interface Case {
  name: string;
  suite: string;
  durationMs: number;
  result?: 'failure' | 'skipped';
  type?: string;
  message?: string;
  text?: string;
}

const NO_PAINT = createPaint(false);

export function formatJUnit(run: RunRecord): string {
  const suites = [
    run.packages.map((one) => caseOf('packages', one)),
    run.tests.map((one) => caseOf('tests', one)),
    run.problems.map(caseOfProblem),
  ].filter((cases) => cases.length > 0);
  const whole = { name: `galley ${run.command}`, ...totals(suites.flat()), time: seconds(run.durationMs) };
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes(whole)}>`,
    ...suites.flatMap((cases) => suiteOf(cases, run)),
    '</testsuites>',
  ];
  return `${lines.join('\n')}\n`;
}

function suiteOf(cases: readonly Case[], { startedAt }: RunRecord): string[] {
  const time = seconds(cases.reduce((sum, { durationMs }) => sum + durationMs, 0));
  const timestamp = new Date(startedAt).toISOString().replace(/\.\d+Z$/, '');
  const suite = { name: cases[0]?.suite, ...totals(cases), errors: 0, time, timestamp };
  return [`  <testsuite${attributes(suite)}>`, ...cases.flatMap(elementOf), '  </testsuite>'];
}

function totals(cases: readonly Case[]) {
  const count = (result: Case['result']) => cases.filter((one) => one.result === result).length;
  return { tests: cases.length, failures: count('failure'), skipped: count('skipped') };
}

function elementOf({ name, suite, durationMs, result, type, message, text }: Case): string[] {
  const open = `    <testcase${attributes({ name, classname: `galley.${suite}`, time: seconds(durationMs) })}`;
  if (result === undefined) return [`${open}/>`];
  const detail = `<${result}${attributes({ message, type })}`;
  return [
    `${open}>`,
    `      ${text === undefined ? `${detail}/>` : `${detail}>${escapeXml(text)}</${result}>`}`,
    '    </testcase>',
  ];
}

/** Outcomes in which nothing was tried; `untested` is no proof of anything. */
const SKIPPED: ReadonlySet<string> = new Set(['skipped', 'blocked', 'cancelled', 'untested']);

function caseOf(suite: string, { failure, ...one }: PackageRecord | TestRecord): Case {
  const { package: name, durationMs, outcome, errors } = one;
  const plain = { name, suite, durationMs };
  if (SKIPPED.has(outcome)) return { ...plain, result: 'skipped', message: messageOf(errors) ?? outcome };
  if (outcome !== 'failed') return plain;
  return {
    ...plain,
    result: 'failure',
    ...typeOf(errors),
    message: messageOf(errors) ?? outcome,
    text: textOf(errors, failure),
  };
}

function caseOfProblem(error: FailureFacts): Case {
  const { code, message } = error;
  const plain = { name: code, suite: 'problems', durationMs: 0, message };
  if (CODES[code].blame === 'advice') return { ...plain, result: 'skipped' };
  return { ...plain, result: 'failure', type: code, text: renderProblem(problemAlone(error), NO_PAINT) };
}

const typeOf = ([first]: readonly FailureFacts[]) => (first ? { type: first.code } : {});

const messageOf = (errors: readonly FailureFacts[]): string | undefined =>
  errors.length === 0 ? undefined : errors.map(({ message }) => message).join('\n');

function textOf(errors: readonly FailureFacts[], failure: FailedPackage | undefined): string {
  if (failure) return formatFailure(failure, NO_PAINT);
  return errors.map((error) => renderProblem({ error }, NO_PAINT)).join('\n');
}

const seconds = (durationMs: number): string => (durationMs / 1000).toFixed(3);

function attributes(values: Record<string, string | number | undefined>): string {
  return Object.entries(values)
    .map(([name, value]) =>
      value === undefined
        ? ''
        : ` ${name}="${escapeXml(String(value)).replaceAll('\n', '&#10;').replaceAll('\t', '&#9;')}"`,
    )
    .join('');
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** XML 1.0 (2.2) has no way to write other characters, not even as references. */
const UNWRITABLE = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

function escapeXml(text: string): string {
  return stripControl(text)
    .replace(UNWRITABLE, '\ufffd')
    .replace(/[&<>"]/g, (character) => ENTITIES[character] as string);
}
