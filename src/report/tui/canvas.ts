// The live area on the terminal, drawn with Ink. Loaded only when there is something to draw: it takes longer than most
// commands. Knows lines; what they say is decided elsewhere.
import { stripVTControlCharacters } from 'node:util';
import { Box, type Instance, render, Text, useStdout } from 'ink';
import { createElement, memo, useLayoutEffect } from 'react';
import type { Streams } from './live.ts';
import { widthOf } from './width.ts';

export interface Canvas {
  /** Takes the place of what was drawn before. */
  draw(lines: readonly string[]): void;
  /** Text that stays, above the live area. */
  write(text: string): void;
  /** Leaves the terminal as if nothing had been drawn, at once. */
  close(): void;
}

type Write = (text: string) => void;

const Line = memo(({ text }: { text: string }) => createElement(Text, { wrap: 'truncate' }, text === '' ? ' ' : text));

function Frame({ lines, lend }: { lines: readonly string[]; lend(write: Write): void }) {
  const { write } = useStdout();
  useLayoutEffect(() => lend(write), [lend, write]);
  // A row is what stands at its place: nothing is moved, lines are only written anew.
  const rows = lines.map((text, index) => createElement(Line, { key: index, text }));
  return createElement(Box, { flexDirection: 'column' }, rows);
}

/** Frames come as rarely as they should; none of them waits. */
const MOST_FRAMES = 1_000;

export function openCanvas({ output, input }: Streams): Canvas {
  let write: Write | undefined;
  let drawn: readonly string[] = [];
  let { columns, rows } = output;
  const lend = (lent: Write) => {
    write = lent;
  };
  const nodeOf = (lines: readonly string[]) => createElement(Frame, { lines, lend });

  // Comes before Ink's own listener, and leaves it nothing to clear.
  const mend = () => {
    if (output.columns < columns || output.rows < rows) {
      output.write(erased(drawn, output));
      instance.clear();
    }
    ({ columns, rows } = output);
  };
  output.on('resize', mend);
  const instance: Instance = render(nodeOf([]), {
    ...{ stdout: output, stderr: output, stdin: input, interactive: true },
    ...{ patchConsole: false, exitOnCtrlC: false, incrementalRendering: true, maxFps: MOST_FRAMES },
  });
  return {
    draw(lines) {
      drawn = lines;
      instance.rerender(nodeOf(lines));
    },
    write: (text) => write?.(text),
    close() {
      output.off('resize', mend);
      instance.clear();
      instance.unmount();
    },
  };
}

/**
 * A terminal that becomes narrower breaks our lines in two, so that Ink would clear too few of them: they are cleared here,
 * and the cursor is left where Ink believes it to be. Line by line, as some terminals keep what is cleared at once.
 */
function erased(lines: readonly string[], { columns, rows }: { columns: number; rows: number }): string {
  const heights = lines.map((line) => Math.max(1, Math.ceil(widthOf(stripVTControlCharacters(line)) / columns)));
  const height = heights.reduce((sum, one) => sum + one, 0);
  return `\r${'\u001b[2K\u001b[1A'.repeat(height)}\u001b[2K${'\n'.repeat(Math.min(lines.length, rows - 1))}`;
}
