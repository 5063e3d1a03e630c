import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Sha256 } from './digest.ts';
import { EMPTY_LOCK_FILE, findPin, type LockFile, withPin } from './pin.ts';

const sha = (digit: string) => digit.repeat(64) as Sha256;
const linux = { package: 'acme.zlib@r2', source: 'npm:zlib@1.0.0', platform: 'linux-x86_64' };
const darwin = { ...linux, platform: 'darwin-arm64' };
const pin = { url: 'https://registry.test/zlib-1.0.0.tgz', sha256: sha('a'), sizeBytes: 12 };

test('findPin answers what withPin recorded, and nothing for another platform', () => {
  const lock = withPin(EMPTY_LOCK_FILE, linux, pin);
  expect(findPin(lock, linux)).toEqual(pin);
  expect(findPin(lock, darwin)).toBeUndefined();
  expect(EMPTY_LOCK_FILE.packages).toEqual({});
});

test('withPin shares one record when two platforms get the same bytes', () => {
  const lock = withPin(withPin(EMPTY_LOCK_FILE, linux, pin), darwin, pin);
  expect(lock.packages[linux.package]?.files?.[linux.source]).toEqual([
    { sha256: pin.sha256, size: 12, url: pin.url, platforms: ['darwin-arm64', 'linux-x86_64'] },
  ]);
});

test('withPin moves only its own platform when a pin changes', () => {
  const changed = { ...pin, sha256: sha('b') };
  const lock = withPin(withPin(withPin(EMPTY_LOCK_FILE, linux, pin), darwin, pin), darwin, changed);
  expect([findPin(lock, linux), findPin(lock, darwin)]).toEqual([pin, changed]);
});

test('withPin drops a record for every platform when one platform gets other bytes', () => {
  const hand: LockFile = {
    schema: 1,
    packages: { [linux.package]: { files: { [linux.source]: [{ sha256: sha('c'), size: 1 }] } } },
  };
  expect(findPin(hand, darwin)).toEqual({ url: linux.source, sha256: sha('c'), sizeBytes: 1 });
  const lock = withPin(hand, linux, pin);
  expect([findPin(lock, linux), findPin(lock, darwin)]).toEqual([pin, undefined]);
});

test('withPin answers the same object when nothing changes', () => {
  const lock = withPin(EMPTY_LOCK_FILE, linux, pin);
  expect(withPin(lock, linux, pin)).toBe(lock);
});

test('withPin leaves the address out when it is the source, and hides credentials in the source', () => {
  const key = { ...linux, source: 'https://me:word@host.test/f.tar' };
  const lock = withPin(EMPTY_LOCK_FILE, key, { ...pin, url: key.source });
  expect(JSON.stringify(lock)).not.toContain('word');
  expect(findPin(lock, key)?.url).toBe(key.source);
});

test('findPin answers the last pin of every package, source and platform in any order of changes', () => {
  const name = fc.constantFrom('a', 'b', 'constructor', '__proto__');
  const step = fc.record({ package: name, source: name, platform: name, digit: fc.constantFrom('1', '2') });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      let lock = EMPTY_LOCK_FILE;
      const expected = new Map<string, { key: typeof linux; pin: typeof pin }>();
      for (const { digit, ...key } of steps) {
        const next = { ...pin, sha256: sha(digit) };
        lock = withPin(lock, key, next);
        expected.set(JSON.stringify(key), { key, pin: next });
      }
      for (const { key, pin: last } of expected.values()) expect(findPin(lock, key)).toEqual(last);
    }),
  );
});
