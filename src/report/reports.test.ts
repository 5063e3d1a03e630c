// Every report of a run that is not for a person at a terminal, as golden files of recorded streams. What is hostile in
// one of them is to stay text in all.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Event } from '../model/event.ts';
import { expectGolden } from '../testing/golden.ts';
import { createManualClock } from '../testing/manual-clock.ts';
import { createGithubReporter } from './github.ts';
import { createPaint } from './paint.ts';
import { createSummaryReporter } from './summary-file.ts';

const DATA = new URL('../../test_data/report/', import.meta.url).pathname;

function readStream(name: string): Event[] {
  const lines = readFileSync(`${DATA}${name}.ndjson`, 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Event);
}

async function summariesOf(events: readonly Event[]): Promise<Record<string, string>> {
  const written: Record<string, string> = {};
  const reporter = createSummaryReporter(['/s.json', '/s.xml'], async (file, text) => {
    written[file] = text;
  });
  for (const event of events) reporter.report(event);
  await reporter.close();
  return written;
}

async function inWorkflow(events: readonly Event[], options: { verbose?: boolean } = {}) {
  const [told, page]: [string[], string[]] = [[], []];
  const reporter = createGithubReporter(
    {
      ...{ sink: { write: (text) => told.push(text) }, paint: createPaint(false), clock: createManualClock() },
      ...{ interactive: false, quiet: false, verbose: false, ...options },
    },
    { workspaceDir: '/w/p', token: 'a1b2', appendSummary: async (text) => void page.push(text) },
  );
  for (const event of events) reporter.report(event);
  await reporter.close();
  return { told: told.join(''), page: page.join('') };
}

for (const name of ['all-cached', 'hostile', 'input', 'mixed', 'problems', 'tests']) {
  test(`run ${name} is summed up for scripts and for CI services as expected`, async () => {
    const { '/s.json': json = '', '/s.xml': xml = '' } = await summariesOf(readStream(name));
    expectGolden(`${DATA}${name}.summary.txt`, json);
    expectGolden(`${DATA}${name}.junit.xml`, xml);
  });

  test(`run ${name} is told in a workflow as expected`, async () => {
    const { told, page } = await inWorkflow(readStream(name));
    expectGolden(`${DATA}${name}.github.txt`, told);
    expectGolden(`${DATA}${name}.page.md`, page);
  });
}

/** The only commands there may be, whatever a recipe prints. */
const OURS = /^::(?:error|warning|notice|group|endgroup|stop-commands|a1b2)\b.*::/;

test.each([false, true])(
  'nothing that a hostile recipe says is a command to the runner, verbose: %s',
  async (verbose) => {
    const { told } = await inWorkflow(readStream('hostile'), { verbose });
    const lines = told.split(/\r\n|[\r\n]/);
    expect(lines.filter((line) => line.includes('##['))).toEqual([]);
    const commands = lines.filter((line) => line.trimStart().startsWith('::'));
    expect(commands.filter((line) => !OURS.test(line))).toEqual([]);
    // Two problems, a deprecation, a warning of the recipe, a group and its end, and the pair around the terminal.
    expect(commands).toHaveLength(8);
  },
);

test('a run that is cut off before its end has failed', async () => {
  const { '/s.json': json = '' } = await summariesOf(readStream('mixed').slice(0, 3));
  expect(JSON.parse(json)).toMatchObject({ outcome: 'failed', packages: [] });
});

test('the page of a job is bounded, however many packages fail', async () => {
  const error = { code: 'COMMAND_FAILED', message: 'x'.repeat(2000) } as const;
  const failing = Array.from({ length: 500 }, (_, index): Event => {
    return { type: 'package.finished', at: 1, package: `a.p${index}@r1`, outcome: 'failed', durationMs: 1, error };
  });
  const { page } = await inWorkflow(failing);
  expect(page.length).toBeLessThan(140_000);
  expect(page).toContain('… and 400 more | | |');
  expect(page).toMatch(/… and \d+ more, in the log of this step\n\n$/);
});
