import { describe, expect, it } from 'vitest';
import {
  type DepotEntry,
  decodeIndex,
  EMPTY_INDEX,
  encodeIndex,
  MOST_SIGNATURES,
  signedText,
  withEntries,
} from './depot.ts';
import type { Sha256 } from './digest.ts';
import type { PublicKey } from './public-key.ts';

const entry = (name: string, more: Partial<DepotEntry> = {}): DepotEntry => ({
  identity: `acme.${name}@r1`,
  platform: 'linux-x86_64',
  key: '0123456789abcdef'.repeat(2),
  sha256: 'ab'.repeat(32) as Sha256,
  size: 12,
  url: `acme.${name}@r1/linux-x86_64-01.tar.zst`,
  ...more,
});
const SIGNATURE = { key: `ed25519:${'A'.repeat(43)}=` as PublicKey, signature: 'c2lnbmVk' };
const PROVENANCE = { sha256: 'cd'.repeat(32) as Sha256, size: 3, url: 'a/b.json' };

describe('an index', () => {
  it('is read as it was written', () => {
    const entries = [entry('a', { root: '/home/a b/cache' }), entry('b', { provenance: PROVENANCE })];
    const index = { entries, signatures: [SIGNATURE] };
    expect(decodeIndex(encodeIndex(index))).toEqual(index);
    expect(decodeIndex(encodeIndex(EMPTY_INDEX))).toEqual(EMPTY_INDEX);
  });

  it.each<[string, Partial<Record<keyof DepotEntry, unknown>>]>([
    ['an identity that is none', { identity: '../../acme.a@r1' }],
    ['an identity that is no text', { identity: ['acme.a@r1'] }],
    ['a platform with a slash', { platform: 'linux-x86/64' }],
    ['a key that is too short', { key: '00' }],
    ['a digest in upper case', { sha256: 'AB'.repeat(32) }],
    ['a negative size', { size: -1 }],
    ['half a byte', { size: 0.5 }],
    ['an absolute path', { url: '/etc/passwd' }],
    ['an address of its own', { url: 'https://elsewhere.example/a' }],
    ['an address without scheme', { url: '//elsewhere.example/a' }],
    ['a path that climbs', { url: 'a/../../b' }],
    ['a path that climbs in disguise', { url: 'a/%2e%2e/b' }],
    ['a path with a backslash', { url: 'a\\..\\b' }],
    ['a query', { url: 'a?b' }],
    ['a relative root', { root: 'cache' }],
    ['a member that nobody knows', { mirror: 'x' } as object],
    ['provenance elsewhere', { provenance: { ...PROVENANCE, url: '../x' } }],
  ])('with %s is refused', (_, wrong) => {
    const entries = [{ ...entry('a'), ...wrong }] as DepotEntry[];
    expect(decodeIndex(encodeIndex({ entries, signatures: [] }))).toHaveProperty('problem');
  });

  it.each([
    ['no JSON', '{'],
    ['a list', '[]'],
    ['a schema without a bottom', `{"schema":${'['.repeat(1e5)}${']'.repeat(1e5)}}`],
    ['another schema', '{"schema":2,"entries":[],"signatures":[]}'],
    ['another member', '{"schema":1,"entries":[],"signatures":[],"keys":[]}'],
    ['no signatures', '{"schema":1,"entries":[]}'],
    ['a malformed signature', '{"schema":1,"entries":[],"signatures":[{"key":"rsa:A","signature":""}]}'],
    ['an entry twice', encodeIndex({ entries: [entry('a'), entry('a')], signatures: [] })],
    ['entries out of order', encodeIndex({ entries: [entry('b'), entry('a')], signatures: [] })],
  ])('with %s is refused', (_, text) => {
    expect(decodeIndex(text)).toHaveProperty('problem');
  });

  it('has at most so many signatures, and one of each key', () => {
    const signedBy = (count: number) => {
      const key = (index: number) => `ed25519:${Buffer.alloc(32, index).toString('base64')}` as PublicKey;
      const signatures = Array.from({ length: count }, (_, index) => ({ ...SIGNATURE, key: key(index) }));
      return { entries: [entry('a')], signatures };
    };
    const most = signedBy(MOST_SIGNATURES);
    expect(decodeIndex(encodeIndex(most))).toEqual(most);
    const tooMany = decodeIndex(encodeIndex(signedBy(MOST_SIGNATURES + 1)));
    expect(tooMany).toEqual({ problem: expect.stringContaining('more than 64') });
    const twice = decodeIndex(encodeIndex({ entries: [entry('a')], signatures: [SIGNATURE, SIGNATURE] }));
    expect(twice).toEqual({ problem: expect.stringContaining('by one key') });
  });

  it('of a newer galley says which it is, and what reads it', () => {
    expect(decodeIndex('{"schema":2}')).toMatchObject({
      problem: expect.stringContaining('schema 2'),
      hint: expect.stringContaining('newer'),
    });
  });

  it('gets entries in their places, and keeps those it has', () => {
    const other = entry('b', { size: 99 });
    expect(withEntries([entry('b'), entry('d')], [entry('c'), entry('a'), other])).toEqual(
      ['a', 'b', 'c', 'd'].map((name) => entry(name)),
    );
  });
});

it('what is signed changes with every member of every entry', () => {
  const changes: Partial<DepotEntry>[] = [{ size: 13 }, { root: '/c' }, { url: 'x' }, { provenance: PROVENANCE }];
  const texts = [[], [entry('a')], ...changes.map((change) => [entry('a', change)])].map(signedText);
  expect(new Set(texts).size).toBe(texts.length);
});
