import { expect, it } from 'vitest';
import { Sequence } from './sequence.ts';

/** The same bytes, in every way in which they can come. */
const WAYS = [['abcdef'], ['ab', 'cdef'], ['', 'a', '', 'b', 'c', 'd', 'e', 'f', '']];
const sequenceOf = (pieces: readonly string[]): Sequence => new Sequence(arriving(pieces));

async function* arriving(pieces: readonly string[]): AsyncGenerator<Buffer, void> {
  for (const piece of pieces) yield Buffer.from(piece);
}

async function joined(pieces: AsyncIterable<Buffer>): Promise<string> {
  let text = '';
  for await (const piece of pieces) {
    expect(piece.length).toBeGreaterThan(0);
    text += piece;
  }
  return text;
}

it.each(WAYS)('takes portions of any size, and says when there are none any more: %j %j', async (...pieces) => {
  const sequence = sequenceOf(pieces);
  expect(String(await sequence.take(1))).toBe('a');
  expect(String(await sequence.take(0))).toBe('');
  expect(String(await sequence.take(4))).toBe('bcde');
  expect(String(await sequence.take(1))).toBe('f');
  expect(await sequence.take(1)).toBeUndefined();
  expect(String(await sequence.take(0))).toBe('');
});

it.each(WAYS)('shows what comes without taking it, and fewer where there are fewer: %j %j', async (...pieces) => {
  const sequence = sequenceOf(pieces);
  expect(String(await sequence.peek(2))).toBe('ab');
  expect(String(await sequence.peek(9))).toBe('abcdef');
  expect(String(await sequence.take(6))).toBe('abcdef');
  expect(String(await sequence.peek(1))).toBe('');
});

it.each(WAYS)('hands on a length as it comes, and leaves what is behind it: %j %j', async (...pieces) => {
  const sequence = sequenceOf(pieces);
  expect(await joined(sequence.pieces(3))).toBe('abc');
  await sequence.skip(1);
  expect(await joined(sequence.pieces())).toBe('ef');
  expect(await joined(sequence.pieces())).toBe('');
});

it.each(WAYS)('fails where it ends too early: %j %j', async (...pieces) => {
  await expect(sequenceOf(pieces).take(7)).rejects.toThrow('Unexpected end of data');
  await expect(sequenceOf(pieces).skip(7)).rejects.toThrow('Unexpected end of data');
  await expect(joined(sequenceOf(pieces).pieces(7))).rejects.toThrow('Unexpected end of data');
});

it('asks for no piece before it is needed', async () => {
  let asked = 0;
  async function* endless() {
    for (;;) {
      asked += 1;
      yield Buffer.from('ab');
    }
  }
  const sequence = new Sequence(endless());
  expect(String(await sequence.peek(2))).toBe('ab');
  expect(asked).toBe(1);
  expect(String(await sequence.peek(5))).toBe('ababa');
  expect(asked).toBe(3);
});

it('reads bytes that are a part of larger memory', async () => {
  async function* part() {
    yield new Uint8Array(new TextEncoder().encode('xxabcxx').buffer, 2, 3);
  }
  expect(String(await new Sequence(part()).take(3))).toBe('abc');
});
