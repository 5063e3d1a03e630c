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
    ['a\u2028b\u061cc\u2067d', 'abcd'],
    ['\x1b]8;;http://a\x1b\\link\x1b]8;;\x1b\\', 'link'],
    ['\x1b]52;c;AAAA\nthe next line', '52;c;AAAA\nthe next line'],
    ['\x1bPq#0\x1b\\a\x90b\x9cc\x9b31md', 'acd'],
    ['\x1b(0lqk\x1b(B\x1bc\x1b[?1049h\x1b[2 q', 'lqk'],
  ])('turns %j into %j', (foreign, safe) => {
    expect(stripControl(foreign)).toBe(safe);
  });

  it('takes a long line without end in linear time', () => {
    for (const piece of ['\x1b[', '\x1b]8;', '\x1b];;a', '\x90', '\x9b0', '\x1b ', '\r', 'x\r', '\x1bP\x1b_']) {
      const line = `${piece.repeat(200_000)}x`;
      expect(stripControl(line).length).toBeLessThan(line.length);
    }
  });
});
