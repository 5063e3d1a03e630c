import { expect, it } from 'vitest';
import { type ArchivedEntry, decodeArchivedEntry, encodeArchivedEntry } from './archived-entry.ts';
import type { Sha256 } from './digest.ts';

const ENTRY: ArchivedEntry = {
  identity: 'acme.a@r1',
  platform: 'linux-x86_64',
  key: '0123456789abcdef'.repeat(2),
  keyParts: { identity: 'acme.a@r1' },
  sources: [],
  runtime: ['fedcba9876543210'.repeat(2)],
  fingerprint: 'ab'.repeat(32) as Sha256,
  texts: ['lib/a.pc'],
  links: { 'lib/b': '/x' },
};

it('the description of an archive is read as it was written', () => {
  for (const entry of [ENTRY, { ...ENTRY, root: '/cache' }])
    expect(decodeArchivedEntry(encodeArchivedEntry(entry))).toEqual(entry);
});

it.each(Object.keys(ENTRY))('a description without a proper %s is refused', (name) => {
  for (const wrong of [undefined, 7, 'x', [1], { a: 1 }]) {
    // Anything may be a source: whoever reads those decides.
    if (
      name === 'sources'
        ? wrong !== undefined
        : name === 'keyParts' && typeof wrong === 'object' && !Array.isArray(wrong)
    )
      continue;
    const text = encodeArchivedEntry({ ...ENTRY, [name]: wrong });
    expect(decodeArchivedEntry(text.replace(/"[a-zA-Z]+":undefined,?/, '')), `${wrong}`).toBeUndefined();
  }
});

it('texts are listed once each and in order: whoever reads them works for every one', () => {
  for (const texts of [
    ['a', 'a'],
    ['b', 'a'],
  ])
    expect(decodeArchivedEntry(encodeArchivedEntry({ ...ENTRY, texts })), `${texts}`).toBeUndefined();
  // As sort() orders them, whatever the locale says.
  const texts = ['B', 'a', 'a/b', '\u{1f35e}', '\uffff'];
  expect(decodeArchivedEntry(encodeArchivedEntry({ ...ENTRY, texts }))?.texts).toEqual([...texts].sort());
});

it('another schema, and what is no JSON, is refused', () => {
  expect(decodeArchivedEntry(encodeArchivedEntry(ENTRY).replace('"schema":1', '"schema":2'))).toBeUndefined();
  expect(decodeArchivedEntry('{')).toBeUndefined();
});
