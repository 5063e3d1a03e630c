import { describe, expect, it } from 'vitest';
import { createTerminal, stripControl } from './terminal.ts';

const plain = {};
const tty = { isTTY: true, columns: 80, rows: 24, getColorDepth: () => 24 };

describe('createTerminal', () => {
  it('takes each stream as it is', () => {
    const { stdout, stderr } = createTerminal({ stdout: plain, stderr: tty, env: {} });
    expect([stdout.isTty, stdout.colourDepth, stdout.size()]).toEqual([false, 1, undefined]);
    expect([stderr.isTty, stderr.colourDepth, stderr.size()]).toEqual([true, 24, { columns: 80, rows: 24 }]);
  });

  it.each([
    [{ NO_COLOR: '1' }, 1, 1],
    [{ NO_COLOR: '' }, 1, 24],
    [{ FORCE_COLOR: '1' }, 4, 4],
    [{ FORCE_COLOR: '3' }, 24, 24],
    [{ FORCE_COLOR: '0' }, 1, 1],
  ])('obeys %j', (env, ofPipe, ofTty) => {
    const { stdout, stderr } = createTerminal({ stdout: plain, stderr: tty, env });
    expect([stdout.colourDepth, stderr.colourDepth]).toEqual([ofPipe, ofTty]);
  });

  it.each([
    ['xterm', true],
    ['dumb', false],
    [undefined, false],
  ])('draws on a terminal of type %s: %s', (TERM, expected) => {
    const { stdout, stderr } = createTerminal({ stdout: plain, stderr: tty, env: { TERM } });
    expect([stdout.canDraw, stderr.canDraw]).toEqual([false, expected]);
  });

  it('sees a window that was resized', () => {
    const stream = { ...tty };
    const { stdout } = createTerminal({ stdout: stream, stderr: plain, env: {} });
    stream.columns = 100;
    expect(stdout.size()?.columns).toBe(100);
  });
});

describe('stripControl', () => {
  it.each([
    ['\x1b[31mred\x1b[0m', 'red'],
    ['\x1b]0;title\x07text', 'text'],
    ['a\tb\nc', 'a\tb\nc'],
    ['a\x00b\x08\x7f\x85c', 'abc'],
    ['10%\r20%\r\nnext\r\n', '20%\nnext\n'],
    ['gpj.\u202eexe', 'gpj.exe'],
    ['Grüße ✓ 漢字', 'Grüße ✓ 漢字'],
  ])('turns %j into %j', (foreign, safe) => {
    expect(stripControl(foreign)).toBe(safe);
  });

  it('takes a long line without end in linear time', () => {
    const line = '\x1b['.repeat(200_000) + 'x\r'.repeat(200_000);
    expect(stripControl(line).length).toBeLessThan(line.length);
  });
});
