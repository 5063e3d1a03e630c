import { expect, it } from 'vitest';
import { replaceBytes } from './replace.ts';

async function replaced(chunks: Buffer[], from: string, to: string): Promise<string> {
  const reading = async function* () {
    for (const chunk of chunks) {
      yield chunk;
      // Whoever reads a file reuses its memory.
      chunk.fill('#');
    }
  };
  return Buffer.concat(await Array.fromAsync(replaceBytes(reading(), from, to))).toString();
}

it.each([
  ['aab', 'x', 'aaab-aab-aaabaab'],
  ['aab', 'aabaab', 'aab'],
  ['aa', 'b', 'aaaaa'],
  ['/é', '/longer', '/é/e/è/é'],
  ['a', '', 'banana'],
  ['word', 'x', ''],
])('wherever pieces end, "%s" becomes "%s" as in one', async (from, to, text) => {
  const bytes = Buffer.from(text);
  for (let first = 0; first <= bytes.length; first++)
    for (let second = first; second <= bytes.length; second++) {
      const pieces = [bytes.subarray(0, first), bytes.subarray(first, second), bytes.subarray(second)];
      const copies = pieces.map((piece) => Buffer.from(piece));
      expect(await replaced(copies, from, to), `${first}, ${second}`).toBe(text.replaceAll(from, to));
    }
});
