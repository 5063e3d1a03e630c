// One line of the result: a figure of ours, what it stands against, and whether that is good enough.
import { median } from './stopwatch.ts';

export interface Row {
  what: string;
  /** Medians, both in `unit`. */
  ours: number;
  floor: number;
  against: string;
  unit: 'ms' | 'µs' | 'MB';
  /** How ours stands to the floor, the median over the rounds: times it, above it in `unit`, or for itself. */
  result: number;
  as: 'ratio' | 'difference' | 'value';
  /** The target, where there is one. */
  most?: number;
}

type Measured = Pick<Row, 'what' | 'against' | 'as'> & {
  ours: readonly number[];
  floor: readonly number[];
  unit?: Row['unit'];
  most?: number;
};

export function rowOf({ ours, floor, unit = 'ms', ...row }: Measured): Row {
  const results = ours.map((value, round) => {
    const least = floor[round] as number;
    return row.as === 'ratio' ? value / least : row.as === 'difference' ? value - least : value;
  });
  return { ...row, unit, ours: median(ours), floor: median(floor), result: median(results) };
}

export function isReached({ result, most }: Row): boolean {
  return most === undefined || result <= most;
}

/** What is words stands to the left, figures to the right. */
const COLUMNS = [
  { title: '', align: 'padEnd' },
  { title: 'ours', align: 'padStart' },
  { title: 'floor', align: 'padStart' },
  { title: 'of', align: 'padEnd' },
  { title: 'result', align: 'padStart' },
  { title: 'target', align: 'padEnd' },
] as const;

/** One table, its columns as wide as they need to be. */
export function formatRows(rows: readonly Row[]): string {
  const lines = [COLUMNS.map(({ title }) => title), ...rows.map(cellsOf)];
  const padded = COLUMNS.map(({ align }, column) => {
    const cells = lines.map((line) => line[column] ?? '');
    const width = Math.max(...cells.map((cell) => cell.length));
    return cells.map((cell) => cell[align](width));
  });
  return lines
    .map((_, row) =>
      padded
        .map((column) => column[row])
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function cellsOf(row: Row): string[] {
  const { what, ours, floor, against, unit, result, most } = row;
  const target = most === undefined ? '' : `≤ ${formatResult(row, `${most}`)}${isReached(row) ? '' : '  MISSED'}`;
  return [
    what,
    `${ours.toFixed(1)} ${unit}`,
    `${floor.toFixed(1)} ${unit}`,
    against,
    formatResult(row, result.toFixed(row.as === 'ratio' ? 2 : 1)),
    target,
  ];
}

function formatResult({ as, unit }: Row, figure: string): string {
  return as === 'ratio' ? `${figure} ×` : `${as === 'difference' ? '+' : ''}${figure} ${unit}`;
}
