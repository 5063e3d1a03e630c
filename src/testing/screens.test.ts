// The screens in docs/guide/terminal.md are those of a recorded run: nobody draws them by hand.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { frame } from '../report/tui/frame.ts';
import { FIRST_UI, type Ui } from '../report/tui/ui.ts';
import { expectGolden } from './golden.ts';
import { lookAt, stateAt } from './recorded-run.ts';

const PAGE = new URL('../../docs/guide/terminal.md', import.meta.url).pathname;

const log = { name: 'acme.png@r1', below: 0 };
const SCREENS: Readonly<Record<string, { ms: number; ui?: Partial<Ui>; columns?: number; rows?: number }>> = {
  live: { ms: 3_200 },
  small: { ms: 3_200, columns: 40, rows: 10 },
  log: { ms: 6_000, ui: { log } },
  leaving: { ms: 9_000, ui: { isLeaving: true } },
  help: { ms: 9_000, ui: { isHelp: true } },
};

/** `<!-- screen NAME -->` and the block of text behind it. */
const BLOCK = /<!-- screen (\w+) -->\n```text\n[\s\S]*?```/g;

test('the page about the terminal shows what a terminal shows', () => {
  const page = readFileSync(PAGE, 'utf8');
  const shown = new Set<string>();
  const made = page.replace(BLOCK, (_, name: string) => {
    const { ms, ui, ...size } = SCREENS[name] ?? expect.fail(`There is no screen "${name}"`);
    shown.add(name);
    const lines = frame(stateAt(ms), { ...FIRST_UI, ...ui }, lookAt(ms, size));
    return ['<!-- screen NAME -->'.replace('NAME', name), '```text', ...lines, '```'].join('\n');
  });
  expect([...shown].sort()).toEqual(Object.keys(SCREENS).sort());
  expectGolden(PAGE, made);
});
