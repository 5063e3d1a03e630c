// Tables for people. Knows nothing of what is in them.
import { stripControl } from '../system/terminal.ts';

/**
 * Rows as text, each column as wide as its widest cell and two spaces between; the last column is not padded. Each row
 * is one line, whatever people have in their names.
 */
export function formatColumns(table: readonly (readonly string[])[]): string {
  const rows = table.map((row) => row.map((cell) => stripControl(cell).replaceAll('\n', ' ')));
  const widths: number[] = [];
  for (const row of rows) {
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, cell.length);
  }
  const pad = (row: readonly string[]) => row.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join('  ');
  return rows.map((row) => pad(row).trimEnd()).join('\n');
}
