// The index of all codes, and a page for each: its meaning from the table, an example that a test provokes, and advice.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type Blame, CODES, type Code, exitStatusOf } from '../../model/codes.ts';
import { ADVICE } from '../advice/advice.ts';
import { fence, page, table, title } from './markdown.ts';

const DATA = path.join(import.meta.dirname, '../../../test_data');

/** Longer files and outputs hide what they are to show. */
const MOST_LINES = 30;

const BLAMES: Record<Blame, string> = {
  input: 'Somebody has to change the manifest, a recipe or the command line.',
  build: 'A build, check or placement failed.',
  environment: 'The machine, the network or another process is in the way.',
  interrupt: 'A signal ended the run: 130 after SIGINT, 143 after SIGTERM.',
  bug: 'Galley itself is wrong; please report it.',
  advice: 'Nothing failed. `galley lint` says what could be better.',
};

const SEVERAL = `When several packages fail, the exit status is that of their kind if all are of one kind, and 1 if they are mixed.
A bug or an interrupt decides alone. Packages that were only blocked by the failure of another do not count.`;

export const ALL_CODES = Object.keys(CODES) as Code[];

export function errorsPage(): string {
  const sections = (Object.keys(BLAMES) as Blame[]).map((blame) => {
    const codes = ALL_CODES.filter((code) => CODES[code].blame === blame);
    const rows = codes.map((code) => [`[\`${code}\`](errors/${code}.md)`, CODES[code].meaning]);
    const head = `## ${title(blame)} (exit status ${exitStatusOf(codes[0] as Code)})`;
    return [head, BLAMES[blame], table(['code', 'meaning'], rows)].join('\n\n');
  });
  return page('Errors', [
    'Every failure ends with its code, and each code has a page, which `galley help <code>` shows too.',
    SEVERAL,
    ...sections,
  ]);
}

/** The page of one code. */
export function errorPage(code: Code): string {
  const { blame, meaning } = CODES[code];
  const { why, steps } = ADVICE[code];
  return page(code, [
    `**${meaning}.** ${why}`,
    ...exampleOf(code),
    '## What to do',
    steps.map((step) => `- ${step}`).join('\n'),
    `Exit status ${exitStatusOf(code)}: ${lowered(BLAMES[blame])} [All codes](../errors.md)`,
  ]);
}

const lowered = (text: string) => (text.startsWith('Galley') ? text : text.charAt(0).toLowerCase() + text.slice(1));

/** A project in which it happens, with what is then read. */
function exampleOf(code: Code): string[] {
  const { example } = ADVICE[code];
  if (example === undefined) return ['## For example', fence(linesOf(path.join(DATA, 'told', `${code}.txt`)))];
  const dir = path.join(DATA, 'bad', example);
  const told = linesOf(path.join(dir, 'expected.txt'));
  // Whoever reads the page of a code should find it there; of what is blocked only the cause has a code.
  const word = code === 'DEPENDENCY_FAILED' ? 'blocked' : `code: ${code}`;
  if (!told.some((line) => line.includes(word))) throw new Error(`test_data/bad/${example} does not tell ${code}`);
  const shown = code === 'DEPENDENCY_FAILED' ? told : storyOf(told);
  return ['## For example', ...filesOf(dir), fence(shortened(shown))];
}

/** All but what the case itself needs, and what is no text. */
function filesOf(dir: string): string[] {
  const entries = readdirSync(dir, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && !['case.json', 'expected.txt'].includes(entry.name));
  const names = files.map((entry) => path.relative(dir, path.join(entry.parentPath, entry.name)));
  return names.sort().flatMap((name) => {
    const lines = linesOf(path.join(dir, name));
    const isText = !lines.some((line) => line.includes('\0'));
    return isText ? [`\`${name}\``, fence(shortened(lines))] : [];
  });
}

/** The lines of packages on their way, and of the sum, say nothing about the code. */
function storyOf([call = '', ...rest]: string[]): string[] {
  const from = rest.findIndex((line) => / failed in \w+ after /.test(line));
  const problem = rest.slice(Math.max(from, 0)).filter((line) => !/^(\d+ packages?: .*|exit \d+|)$/.test(line));
  return [call, ...problem];
}

function linesOf(file: string): string[] {
  if (!existsSync(file)) throw new Error(`No example: ${file}`);
  return readFileSync(file, 'utf8').trimEnd().split('\n');
}

/** What matters stands at the beginning and at the end. */
function shortened(lines: string[]): string[] {
  if (lines.length <= MOST_LINES) return lines;
  return [...lines.slice(0, MOST_LINES / 2), '…', ...lines.slice(-MOST_LINES / 2)];
}
