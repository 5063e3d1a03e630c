import { expect, it } from 'vitest';
import { createLockQueue } from './lock-queue.ts';

const never = new AbortController().signal;

it('queue lets them in one by one, in the order they came', async () => {
  const queue = createLockQueue();
  const order: number[] = [];
  const all = [1, 2, 3].map(async (number) => {
    const leave = await queue.enter('a', never);
    order.push(number);
    await Promise.resolve();
    order.push(number);
    leave();
  });
  await Promise.all(all);
  expect(order).toEqual([1, 1, 2, 2, 3, 3]);
});

it('queue is busy from the first who comes until the last has left, for that file alone', async () => {
  const queue = createLockQueue();
  expect(queue.isBusy('a')).toBe(false);
  const first = queue.enter('a', never);
  const second = queue.enter('a', never);
  expect([queue.isBusy('a'), queue.isBusy('b')]).toEqual([true, false]);
  await (await queue.enter('b', never))();
  (await first)();
  await second;
  expect(queue.isBusy('a')).toBe(true);
  (await second)();
  await expect.poll(() => queue.isBusy('a')).toBe(false);
});

it('queue moves up when one goes, and keeps the order of the others', async () => {
  const queue = createLockQueue();
  const cancel = new AbortController();
  const leaveFirst = await queue.enter('a', never);
  const second = queue.enter('a', cancel.signal);
  let isIn = false;
  const third = queue.enter('a', never).then((leave) => {
    isIn = true;
    return leave;
  });
  cancel.abort(new Error('no more'));
  await expect(second).rejects.toThrow('no more');
  expect(isIn).toBe(false);
  leaveFirst();
  (await third)();
  await expect.poll(() => queue.isBusy('a')).toBe(false);
});

it('queue turns away who comes with a signal that has been given, even when nobody is there', async () => {
  const queue = createLockQueue();
  await expect(queue.enter('a', AbortSignal.abort(new Error('too late')))).rejects.toThrow('too late');
  (await queue.enter('a', never))();
});

it('queue listens to a signal no longer than it waits', async () => {
  const queue = createLockQueue();
  const { signal } = new AbortController();
  const [added, removed]: [unknown[], unknown[]] = [[], []];
  const { addEventListener: add, removeEventListener: remove } = signal;
  signal.addEventListener = (...args: unknown[]) => {
    added.push(args.slice(0, 2));
    Reflect.apply(add, signal, args);
  };
  signal.removeEventListener = (...args: unknown[]) => {
    removed.push(args.slice(0, 2));
    Reflect.apply(remove, signal, args);
  };
  const leave = await queue.enter('a', never);
  const second = queue.enter('a', signal);
  leave();
  (await second)();
  expect(added).toHaveLength(1);
  expect(removed).toEqual(added);
});
