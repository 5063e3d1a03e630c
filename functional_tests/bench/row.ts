// One line of the result: a figure of ours, what it stands against, and whether that is good enough.
import { median } from './stopwatch.ts';

export interface Row {
  what: string;
  /** Medians, both in `unit`. */
  ours: number;
  floor: number;
  against: string;
  unit: 'ms' | 'µs' | 'MB';
  /** How ours stands to the floor: times it, or above it in `unit`. The median over the rounds, each within itself. */
  result: number;
  as: 'ratio' | 'difference';
  /** The target, where there is one. */
  most?: number;
}

type Measured = Pick<Row, 'what' | 'against' | 'as'> & { ours: readonly number[]; floor: readonly number[]; unit?: Row['unit']; most?: number };

export function rowOf({ ours, floor, unit = 'ms', ...row }: Measured): Row {
  const results = ours.map((value, round) => {
    const least = floor[round] as number;
    return row.as === 'ratio' ? value / least : value - least;
  });
  return { ...row, unit, ours: median(ours), floor: median(floor), result: median(results) };
}

export function isReached({ result, most }: Row): boolean {
  return most === undefined || result <= most;
}

/** One table, its columns as wide as they need to be. */
export function formatRows(rows: readonly Row[]): string {
  const cells = [['', 'ours', 'floor', '', 'result', 'target'], ...rows.map(cellsOf)];
  const widths = cells[0]?.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0))) ?? [];
  return cells.map((row) => row.map((cell, column) => pad(cell, column, widths[column] ?? 0)).join('  ').trimEnd()).join('\n');
}

function cellsOf(row: Row): string[] {
  const { what, ours, floor, against, unit, as, result, most } = row;
  const shown = (value: number): string => (as === 'ratio' ? `${value.toFixed(2)} ×` : `${value >= 0 ? '+' : ''}${value.toFixed(1)} ${unit}`);
  const target = most === undefined ? '' : `≤ ${as === 'ratio' ? `${most} ×` : `${most} ${unit}`}${isReached(row) ? '' : '  MISSED'}`;
  return [what, `${ours.toFixed(1)} ${unit}`, `${floor.toFixed(1)} ${unit}`, against, shown(result), target];
}

/** Words to the left, figures to the right. */
function pad(cell: string, column: number, width: number): string {
  return column === 0 || column === 3 || column === 5 ? cell.padEnd(width) : cell.padStart(width);
}
