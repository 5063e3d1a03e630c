// Whatever text comes with an event, nothing that a reader of the terminal or a runner of a workflow would obey comes out.
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Chance } from '../../functional_tests/rig/chance.ts';
import { rounds } from '../../functional_tests/rig/rounds.ts';
import type { Event } from '../model/event.ts';
import { createManualClock } from '../testing/manual-clock.ts';
import { lookAt } from '../testing/recorded-run.ts';
import { createGithubReporter } from './github.ts';
import { createPaint } from './paint.ts';
import { createPlainReporter } from './plain.ts';
import { inPlainWords } from './plain-words.ts';
import { frame } from './tui/frame.ts';
import { reduce } from './tui/reduce.ts';
import { createState } from './tui/state.ts';
import { FIRST_UI } from './tui/ui.ts';

const DATA = new URL('../../test_data/report/', import.meta.url).pathname;
const EVENTS = ['mixed', 'problems', 'tests', 'tui/busy', 'input'].flatMap((name) =>
  readFileSync(`${DATA}${name}.ndjson`, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Event),
);

/** Words of our own, and numbers of a schema. */
const OURS = new Set(['type', 'phase', 'code', 'level', 'outcome', 'stream', 'command', 'version', 'when', 'branch']);
const PAYLOADS = [
  ...[
    '\x1b[2J',
    '\x1b]0;title\x07',
    '\x1b]52;c;AAAA\x1b\\',
    '\x1b]8;;http://h\x1b\\x',
    '\x1bP+q\x1b\\',
    '\x9b2J',
    '\x90x\x9c',
    '\x1b',
    '\x9d',
  ],
  ...[
    '\r',
    '\rover',
    '\x08\x08',
    '\x7f',
    '\0',
    '\u202etxt.exe',
    '\u2066',
    '\u061c',
    '\u2028',
    '\x1b[',
    '\x1b]',
    '\x1b\x1b[[31m',
    '\x1b\r[2J',
  ],
  ...[
    '\n::error::x',
    '\n  ::add-mask::x',
    '##[error]x',
    '#\x1b[m#[error]x',
    ':\x00:error::x',
    '\r\n::stop-commands::t',
    '\u0085::error::x',
    '\n#\u200e#[group]x',
  ],
];
const payload = fc
  .array(fc.oneof(fc.constantFrom(...PAYLOADS), fc.string({ unit: 'binary', maxLength: 3 })), { maxLength: 3 })
  .map((parts) => parts.join(''));
const events = fc
  .tuple(payload, fc.array(fc.constantFrom(...EVENTS), { minLength: 1, maxLength: 12 }))
  .map(([text, chosen]) => chosen.map((event) => poisoned(event, text) as Event));

function poisoned(value: unknown, text: string, name = ''): unknown {
  if (typeof value === 'string') return OURS.has(name) ? value : value + text;
  if (Array.isArray(value)) return value.map((item) => poisoned(item, text));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, poisoned(member, text, key)]));
}

/** All that a terminal obeys, or shows in another order; line feeds are ours. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const OBEYED = /[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;
const COMMANDS = /^::(?:error|warning|notice|group|endgroup|stop-commands|a1b2)\b.*::/;

async function tell(given: readonly Event[], kind: 'plain' | 'github'): Promise<string> {
  const told: string[] = [];
  const options = {
    ...{ sink: { write: (text: string) => told.push(text) }, paint: createPaint(false), clock: createManualClock() },
    ...{ interactive: false, quiet: false, verbose: true },
  };
  const workflow = { workspaceDir: '/w/p', token: 'a1b2', appendSummary: async () => {} };
  const reporter = inPlainWords(
    kind === 'plain' ? createPlainReporter(options) : createGithubReporter(options, workflow),
  );
  for (const event of given) reporter.report(event);
  await reporter.close();
  return told.join('');
}

const { seed } = new Chance();
const options = { numRuns: rounds(250, 20_000), seed };

test('plain text of any events moves nothing on a terminal', async () => {
  await fc.assert(
    fc.asyncProperty(events, async (given) => {
      expect(await tell(given, 'plain')).not.toMatch(OBEYED);
    }),
    options,
  );
});

test('a workflow is told any events without a command that is not ours', async () => {
  const property = fc.asyncProperty(events, async (given) => {
    const told = await tell(given, 'github');
    expect(told).not.toMatch(OBEYED);
    expect(told).not.toContain('##[');
    const commands = told.split(/[\r\n]/).filter((line) => /^[\s\u200b\ufeff]*::/.test(line));
    expect(commands.filter((line) => !COMMANDS.test(line))).toEqual([]);
    // What is said of one thing is in one line, and so are its properties.
    expect(commands.filter((line) => /%(?!25|0D|0A|3A|2C)/.test(line))).toEqual([]);
  });
  await fc.assert(property, options);
});

test('a frame of any events holds one line for each line, and nothing that moves the cursor', () => {
  const property = fc.property(events, fc.constantFrom(true, false), (given, unicode) => {
    const state = createState();
    const reporter = inPlainWords({ report: (event) => reduce(state, event), close: async () => {} });
    for (const event of given) reporter.report(event);
    const names = [...state.packages.keys()];
    const uis = [
      { filter: 'all' as const },
      { isHelp: true },
      ...names.slice(0, 2).map((name) => ({ log: { name, below: 0 } })),
    ];
    for (const ui of uis) {
      for (const line of frame(state, { ...FIRST_UI, ...ui }, lookAt(5_000, { unicode }))) {
        expect(line).not.toMatch(OBEYED);
        expect(line).not.toContain('\n');
      }
    }
  });
  fc.assert(property, options);
});
