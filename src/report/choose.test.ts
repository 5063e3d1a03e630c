import { expect, test } from 'vitest';
import type { Event } from '../model/event.ts';
import type { Settings } from '../model/settings.ts';
import { createManualClock } from '../testing/manual-clock.ts';
import { chooseReporter } from './choose.ts';
import { TuiReporter } from './tui/tui.ts';

const failed: Event = { type: 'problem.found', at: 1, error: { code: 'OFFLINE', message: 'No' } };

async function tell(settings: Partial<Settings>, colourDepth: 1 | 4, inWorkflow = false): Promise<string> {
  let text = '';
  const sink = { write: (part: string) => (text += part) };
  const screen = { isTty: true, canDraw: true, colourDepth, size: () => undefined };
  const all = { reporter: 'auto', color: 'auto', quiet: false, verbose: false, ...settings } as Settings;
  const workflow = { workspaceDir: undefined, token: 'xyz' };
  const clock = createManualClock();
  const streams = () => expect.unreachable('nothing is drawn here');
  const here = { sink, screen, streams, clock, env: {}, inCi: false, inWorkflow, workflow };
  const reporter = await chooseReporter(all, here);
  reporter.report(failed);
  await reporter.close();
  return text;
}

test('events come as JSON lines when the reporter is json', async () => {
  expect(await tell({ reporter: 'json' }, 4)).toBe(`${JSON.stringify(failed)}\n`);
});

test.each([
  ['auto', 4, true],
  ['auto', 1, false],
  ['always', 1, true],
  ['never', 4, false],
] as const)('text with --color %s on a terminal of depth %i is coloured: %s', async (color, depth, expected) => {
  expect((await tell({ color }, depth)).includes('\u001b[')).toBe(expected);
});

test.each([
  ['auto', true, true],
  ['auto', false, false],
  ['github', false, true],
  ['plain', true, false],
] as const)('--reporter %s in a workflow (%s) makes annotations: %s', async (reporter, inWorkflow, expected) => {
  expect((await tell({ reporter }, 1, inWorkflow)).includes('::error title=OFFLINE::No\n')).toBe(expected);
});

test.each([
  ['auto', {}, {}, true],
  ['auto', { canDraw: false }, {}, false],
  ['auto', { size: () => undefined }, {}, false],
  ['auto', {}, { inCi: true }, false],
  ['auto', {}, { inWorkflow: true }, false],
  ['auto', {}, { quiet: true }, false],
  ['plain', {}, {}, false],
  ['tui', {}, { inCi: true, inWorkflow: true, quiet: true }, true],
  ['tui', { canDraw: false }, {}, false],
] as const)('--reporter %s on a screen %j draws in a run %j: %s', async (reporter, ofScreen, run, expected) => {
  const {
    inCi = false,
    inWorkflow = false,
    quiet = false,
  } = run as { [Name in 'inCi' | 'inWorkflow' | 'quiet']?: boolean };
  const chosen = await chooseReporter({ reporter, color: 'auto', quiet, verbose: false } as Settings, {
    sink: { write: () => {} },
    screen: { isTty: true, canDraw: true, colourDepth: 1, size: () => ({ columns: 80, rows: 24 }), ...ofScreen },
    streams: () => ({ output: process.stderr, input: process.stdin }),
    clock: createManualClock(),
    ...{ env: {}, inCi, inWorkflow, workflow: { workspaceDir: undefined, token: 'xyz' } },
  });
  expect(chosen instanceof TuiReporter).toBe(expected);
  await chosen.close();
});
