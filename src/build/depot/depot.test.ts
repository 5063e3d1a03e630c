// Who is believed: as few signatures are checked as have to be, for each is a reading of all entries.
import { beforeEach, expect, test, vi } from 'vitest';
import type { ObjectStore } from '../../fetch/object-store.ts';
import { type DepotEntry, type DepotIndex, encodeIndex, MOST_SIGNATURES, signedText } from '../../model/depot.ts';
import type { Sha256 } from '../../model/digest.ts';
import { systemClock as clock } from '../../system/clock.ts';
import { generatePrivateKey, isSignedBy, parsePrivateKey } from '../../system/signature.ts';
import { demandTrust, signersOf } from './depot.ts';
import { Ledger } from './ledger.ts';

vi.mock(import('../../system/signature.ts'), async (original) => {
  const real = await original();
  return { ...real, isSignedBy: vi.fn(real.isSignedBy) };
});
const checks = vi.mocked(isSignedBy);
beforeEach(() => void checks.mockClear());

const ENTRY: DepotEntry = {
  identity: 'acme.a@r1',
  platform: 'linux-x86_64',
  key: '0123456789abcdef'.repeat(2),
  sha256: 'ab'.repeat(32) as Sha256,
  size: 12,
  url: 'a.tar.zst',
};
const entries = [ENTRY];
const keys = Array.from({ length: MOST_SIGNATURES }, (_, index) => parsePrivateKey(generatePrivateKey(), `${index}`));
const good = keys.map(({ publicKey: key, sign }) => ({ key, signature: sign(signedText(entries)) }));
const forged = good.map(({ key }) => ({ key, signature: Buffer.alloc(64, 7).toString('base64') }));
const all = keys.map(({ publicKey }) => publicKey);
const trust = (index: DepotIndex, trusted: typeof all, signal = new AbortController().signal) =>
  demandTrust('depot', index, trusted, signal);

test('only signatures of trusted keys are checked, and none behind the first that is right', async () => {
  await trust({ entries, signatures: good }, all.slice(40, 42));
  expect(checks.mock.calls.map(([key]) => key)).toEqual([all[40]]);
  await trust({ entries, signatures: good }, []);
  await expect(trust({ entries, signatures: forged.slice(1) }, all.slice(0, 1))).rejects.toThrow();
  expect(checks).toHaveBeenCalledTimes(1);
});

test('an index that is refused names a few keys, however many it has', async () => {
  const [stranger] = all.slice(-1);
  const signatures = forged.slice(0, 40);
  await expect(trust({ entries, signatures }, [stranger as (typeof all)[0]])).rejects.toMatchObject({
    code: 'DEPOT_UNTRUSTED',
    message: `Cannot trust the index of depot "depot": it says that it is signed by ${all.slice(0, 3).join(', ')} and 37 more, and no such key is trusted`,
  });
  await expect(trust({ entries, signatures }, all.slice(0, 3))).rejects.toThrow(
    `its signature by ${all.slice(0, 3).join(', ')} is wrong`,
  );
  await expect(trust({ entries, signatures: [] }, all)).rejects.toThrow('it is not signed');
});

test('whoever wants to know all signers can still give up', async () => {
  const stop = new AbortController();
  expect(await signersOf({ entries, signatures: [...good.slice(0, 1), ...forged.slice(1)] }, stop.signal)).toEqual([
    all[0],
  ]);
  checks.mockClear();
  setImmediate(() => stop.abort(new Error('enough')));
  await expect(signersOf({ entries, signatures: good }, stop.signal)).rejects.toThrow('enough');
  expect(checks.mock.calls.length).toBeLessThan(3);
  await expect(trust({ entries, signatures: forged }, all, stop.signal)).rejects.toThrow('enough');
});

test('nobody signs an index that nobody could read then, and a forged signature takes no place', async () => {
  const signedBefore = async (signatures: typeof good) => {
    const written: string[] = [];
    const store = {
      read: async () => ({ bytes: Buffer.from(encodeIndex({ entries, signatures })), version: '1' }),
      write: async (_name: string, bytes: Uint8Array) => written.push(`${bytes}`) > 0,
    } as unknown as ObjectStore;
    const sign = parsePrivateKey(generatePrivateKey(), 'mine');
    const tools = { clock, signal: new AbortController().signal };
    await new Ledger({ address: 'depot', name: 'depot', store }, { sign, demanded: [] }, tools).sign();
    return written.map((text) => (JSON.parse(text) as DepotIndex).signatures.length);
  };
  await expect(signedBefore(good)).rejects.toMatchObject({ code: 'DEPOT_INVALID' });
  expect(await signedBefore([...good.slice(1), ...forged.slice(0, 1)])).toEqual([MOST_SIGNATURES]);
});
