// The page of figures: what stands between its two marks is what the last comparison has found.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { formatRows, type Row } from '../row.ts';

const PAGE = path.resolve(import.meta.dirname, '../../../docs/reference/benchmarks.md');
const [BEGIN, END] = ['<!-- written by npm run bench -- --peers -->', '<!-- until here -->'];

export function writePage(heading: string, rows: readonly Row[]): void {
  const text = readFileSync(PAGE, 'utf8');
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (begin === -1 || end === -1) throw new Error(`${PAGE} has lost the marks "${BEGIN}" and "${END}"`);
  const day = new Date().toISOString().slice(0, 10);
  const section = `${BEGIN}\n\nOf ${day}: ${heading}\n\n\`\`\`\n${formatRows(rows)}\n\`\`\`\n\n`;
  writeFileSync(PAGE, text.slice(0, begin) + section + text.slice(end));
}
