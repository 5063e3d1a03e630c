// A finished run as one JSON document for scripts. Its form is runtime/schemas/summary.schema.json; what is added there
// is no new schema, what means something else is.
import type { FailureFacts } from '../model/event.ts';
import { stripControl } from '../system/terminal.ts';
import type { FailedPackage } from './failures.ts';
import type { PackageRecord, RunRecord, TestRecord } from './record.ts';

/** Raised when the meaning of a field changes. */
const SUMMARY_SCHEMA = 1;

/** Told in fields of their own, or too long for a summary. */
const TOLD_FACTS: ReadonlySet<string> = new Set(['stdout', 'stderr', 'tail', 'log']);

export function formatJsonSummary(run: RunRecord): string {
  const document = {
    schema: SUMMARY_SCHEMA,
    galley: run.version,
    command: run.command,
    started_at: new Date(run.startedAt).toISOString(),
    duration_ms: run.durationMs,
    outcome: run.outcome,
    counts: { packages: run.counts, tests: run.testCounts },
    packages: run.packages.map(packageOf),
    tests: run.tests.map(testOf),
    problems: run.problems.map(problemOf),
    critical_path: run.criticalPath.filter(({ durationMs }) => durationMs > 0).map(stepOf),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function stepOf({ package: name, phase, durationMs }: RunRecord['criticalPath'][number]) {
  return { package: name, phase, duration_ms: durationMs };
}

function packageOf({ failure, ...one }: PackageRecord) {
  return {
    package: one.package,
    outcome: one.outcome,
    duration_ms: one.durationMs,
    key: one.key,
    asset_dir: one.assetDir,
    phases: one.phases.map(({ phase, durationMs }) => ({ phase, duration_ms: durationMs })),
    failed_in: failure?.phase,
    ...troubleOf(one.errors, failure),
  };
}

function testOf({ failure, ...one }: TestRecord) {
  return {
    package: one.package,
    outcome: one.outcome,
    duration_ms: one.durationMs,
    ...troubleOf(one.errors, failure),
  };
}

function troubleOf(errors: readonly FailureFacts[], failure: FailedPackage | undefined) {
  return { log: failure?.logFile, output: failure?.output.map(stripControl), problems: errors.map(problemOf) };
}

function problemOf({ facts = {}, ...problem }: FailureFacts) {
  const other = Object.entries(facts).filter(([name]) => !TOLD_FACTS.has(name));
  return other.length === 0 ? problem : { ...problem, facts: Object.fromEntries(other) };
}
