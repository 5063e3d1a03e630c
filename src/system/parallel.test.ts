import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { narrow } from './parallel.ts';

test('no more than the limit are under way, each begins in its turn, and one that fails gives its place away', async () => {
  const atOnce = narrow(2);
  const begun: number[] = [];
  const gates = Array.from({ length: 5 }, () => Promise.withResolvers<number>());
  const done = gates.map((gate, index) =>
    atOnce(() => {
      begun.push(index);
      return gate.promise;
    }),
  );
  for (const job of done) job.catch(() => {});
  await turn();
  expect(begun).toEqual([0, 1]);
  gates[1]?.reject(new Error('burnt'));
  await turn();
  expect(begun).toEqual([0, 1, 2]);
  for (const [index, gate] of gates.entries()) gate.resolve(index);
  await expect(done[1]).rejects.toThrow('burnt');
  expect(await Promise.all(done.filter((_, index) => index !== 1))).toEqual([0, 2, 3, 4]);
  expect(begun).toEqual([0, 1, 2, 3, 4]);
});
