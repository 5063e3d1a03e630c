// The page of all codes: what each means, and how a person meets it, as the project of test_data/bad that provokes it was
// told in a test.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type Blame, CODES, type Code, exitStatusOf } from '../../model/codes.ts';
import { page, table, title } from './markdown.ts';

const BAD = path.resolve(import.meta.dirname, '../../../test_data/bad');

const BLAMES: Record<Blame, string> = {
  input: 'Somebody has to change the manifest, a recipe or the command line.',
  build: 'A build, check or placement failed.',
  environment: 'The machine, the network or another process is in the way.',
  interrupt: 'A signal ended the run: 130 after SIGINT, 143 after SIGTERM.',
  bug: 'Galley itself is wrong; please report it.',
  advice: 'Nothing failed. `galley lint` says what could be better.',
};

export function errorsPage(): string {
  const blames = Object.keys(BLAMES) as Blame[];
  const kinds = blames.map((blame) => [title(blame), String(exitStatusOf(codesOf(blame)[0] as Code)), BLAMES[blame]]);
  const several = [
    'When several packages fail, the exit status is that of their kind if all are of one kind, and 1 if they are mixed.',
    'A bug or an interrupt decides alone. Packages that were only blocked by the failure of another do not count.',
  ].join('\n');
  const shown = examples();
  const sections = blames.flatMap((blame) => [
    `## ${title(blame)}`,
    BLAMES[blame],
    ...codesOf(blame).flatMap((code) => [`### ${code}`, `${CODES[code].meaning}.`, ...[shown.get(code) ?? []].flat()]),
  ]);
  const opening = 'Every failure ends with its code; `galley help <code>` shows what this page says of it.';
  return page('Errors', [opening, table(['kind', 'exit status', 'meaning'], kinds), several, ...sections]);
}

const codesOf = (blame: Blame) => (Object.keys(CODES) as Code[]).filter((code) => CODES[code].blame === blame);

/** The shortest story of each code in which it is alone. */
function examples(): Map<string, string> {
  const told = readdirSync(BAD).map((name) => readFileSync(path.join(BAD, name, 'expected.txt'), 'utf8'));
  const shown = new Map<string, string>();
  for (const text of told.sort((one, other) => one.length - other.length || (one < other ? -1 : 1))) {
    const codes = new Set([...text.matchAll(/^ {2}code: (\w+)$/gm)].map(([, code = '']) => code));
    const [code] = codes;
    if (codes.size === 1 && code !== undefined && !shown.has(code)) shown.set(code, fenced(text));
  }
  return shown;
}

/** The lines of packages on their way, and of the sum, say nothing about the code. */
function fenced(text: string): string {
  const [call = '', ...rest] = text.trimEnd().split('\n');
  const from = rest.findIndex((line) => / failed in \w+ after /.test(line));
  const problem = rest.slice(Math.max(from, 0)).filter((line) => !/^(\d+ packages?: .*|exit \d+|)$/.test(line));
  return ['```text', call, ...problem, '```'].join('\n');
}
