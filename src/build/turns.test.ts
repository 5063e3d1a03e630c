import { expect, test } from 'vitest';
import { Turns } from './turns.ts';

test('what is ready first still ends after what began before it', async () => {
  const turns = new Turns();
  const slow = Promise.withResolvers<string>();
  const ended: string[] = [];
  const end = (name: string) => ended.push(name);
  const both = [turns.take(() => slow.promise, end), turns.take(async () => 'quick', end)];
  await Promise.resolve();
  expect(ended).toEqual([]);
  slow.resolve('slow');
  await Promise.all(both);
  expect(ended).toEqual(['slow', 'quick']);
});

test('a turn that fails lets the next one have its own', async () => {
  const turns = new Turns();
  const failed = turns.take(
    () => Promise.reject(new Error('burnt')),
    () => 'never',
  );
  const next = turns.take(async () => 'bread', String);
  await expect(failed).rejects.toThrow('burnt');
  await expect(next).resolves.toBe('bread');
});
