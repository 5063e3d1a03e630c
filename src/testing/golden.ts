// Expected output kept in a file. For tests only.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'vitest';

/** Compares text with a file. `UPDATE_GOLDEN=1` writes the file and fails, so that no machine can accept by itself. */
export function expectGolden(file: string, actual: string): void {
  const expected = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  if (process.env.UPDATE_GOLDEN && actual !== expected) {
    writeFileSync(file, actual);
    expect.fail(`Wrote ${file}; look at it, then run again without UPDATE_GOLDEN`);
  }
  expect(actual, `${file} differs; UPDATE_GOLDEN=1 rewrites it`).toBe(expected);
}
