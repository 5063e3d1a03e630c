import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLineBatch, lastLines } from './lines.ts';

describe('createLineBatch', () => {
  it('hands on every byte once, cut only at line breaks, however it arrives', () => {
    const step = fc.oneof(fc.constant('flush' as const), fc.constantFrom('a', '\n', 'ä\n', 'bc', '\n\n'));
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const batches: string[] = [];
        const lines = createLineBatch((text) => batches.push(text));
        for (const one of steps) one === 'flush' ? lines.flush() : lines.push(Buffer.from(one));
        lines.end();
        const all = steps.filter((one) => one !== 'flush').join('');
        expect(batches.join('\n')).toBe(all.replace(/\n$/, ''));
      }),
    );
  });

  it('does not collect a line without end', () => {
    const batches: string[] = [];
    const lines = createLineBatch((text) => batches.push(text));
    for (let i = 0; i < 100; i++) lines.push(Buffer.alloc(10_000, 'x'));
    expect(batches.length).toBeGreaterThan(2);
  });
});

describe('lastLines', () => {
  it('answers the last twenty', () => {
    const text = Array.from({ length: 30 }, (_, i) => `${i}\n`).join('');
    expect(lastLines(Buffer.from(text))).toEqual(Array.from({ length: 20 }, (_, i) => String(i + 10)));
  });
});
