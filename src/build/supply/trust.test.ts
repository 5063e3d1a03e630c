import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { Cache } from '../../cache/cache.ts';
import type { Making } from '../../cache/record.ts';
import type { Sha256 } from '../../model/digest.ts';
import { createFiles } from '../../system/files.ts';
import { generatePrivateKey, parsePrivateKey } from '../../system/signature.ts';
import { seal } from './envelope.ts';
import { formatStatement } from './statement.ts';
import { demandProvenance, isAboutArchive, verifyStatements } from './trust.ts';

const key = parsePrivateKey(generatePrivateKey(), 'a');
const [TREE, ARCHIVE, OTHER] = ['a', 'b', 'c'].map((digit) => digit.repeat(64)) as [Sha256, Sha256, Sha256];
const ref = { identity: 'acme.a@r1', platform: 'linux-x86_64', key: '0'.repeat(32) };
const parts = { identity: ref.identity, options: {}, platform: ref.platform, recipe: {}, sources: [], env: {} };
const making: Making = {
  startedAt: 0,
  version: '1',
  builder: 'x:y',
  invocation: 'z',
  recipe: { uri: 'r' },
  assets: {},
};
const STATEMENT = formatStatement({
  ...{ ref, making, tree: TREE, archive: { name: 'a.tar.zst', sha256: ARCHIVE }, assets: new Map() },
  record: { keyParts: { ...parts, dependencies: {} }, sources: [], builtAt: 1 },
});
const hear = (statement: string, received = { ref, tree: TREE, archive: ARCHIVE }) =>
  demandProvenance(seal(statement, key), received, [key.publicKey]);
const problem = (text: string) =>
  expect.objectContaining({ code: 'PROVENANCE_INVALID', message: expect.stringContaining(text) });

describe('a statement about an archive', () => {
  it('is believed when it is about this package, this tree and this archive', () => {
    const subject = `acme.a@r1/linux-x86_64-${ref.key}`;
    expect(hear(STATEMENT)).toEqual({ subject, builder: 'x:y', signedBy: key.publicKey });
    expect(isAboutArchive(seal(STATEMENT, key), ARCHIVE)).toBe(true);
    expect(isAboutArchive(seal(STATEMENT, key), OTHER)).toBe(false);
    expect(isAboutArchive('{}', ARCHIVE)).toBe(false);
  });

  it('is refused when it is about anything else', () => {
    const about = (changes: object) => () => hear(STATEMENT, { ref, tree: TREE, archive: ARCHIVE, ...changes });
    expect(about({ tree: OTHER })).toThrow(problem('another tree'));
    expect(about({ archive: OTHER })).toThrow(problem('another archive'));
    // That a digest is named says nothing of what it was named for.
    expect(about({ tree: ARCHIVE })).toThrow(problem('another tree'));
    expect(about({ ref: { ...ref, key: '1'.repeat(32) } })).toThrow(problem('it is about acme.a@r1/'));
  });

  it.each<[string, [string, string]]>([
    ['no in-toto statement', ['in-toto.io/Statement/v1', 'in-toto.io/Statement/v2']],
    ['no provenance', ['slsa.dev/provenance/v1', 'slsa.dev/provenance/v9']],
    ['not about a build of galley', ['galley:build/v1', 'make']],
    ['names no builder', ['"id":"x:y"', '"id":7']],
    ['without a sha256', [TREE, 'A'.repeat(64)]],
    ['without a sha256', [`"sha256":"${TREE}"`, `"sha512":"${TREE}"`]],
    ['a subject twice', ['a.tar.zst', `acme.a@r1/linux-x86_64-${ref.key}`]],
    ['without a sha256', ['"subject":[', '"subject":[7,']],
    ['names no builder', ['"subject":[', '"subject":[],"subjects":[']],
  ])('is refused as one that is %s', (text, [from, to]) => {
    expect(STATEMENT).toContain(from);
    expect(() => hear(STATEMENT.replace(from, to))).toThrow(problem(text));
  });
});

describe('a list of statements', () => {
  const cache = { find: async () => undefined } as unknown as Cache;
  const evidence = { keys: [key.publicKey], files: createFiles(), cache };
  const verify = (...chunks: Buffer[]) => verifyStatements('p.jsonl', Readable.from(chunks), evidence);

  it('that fills memory or holds nothing is refused', async () => {
    await expect(verify(Buffer.from('\n \n'))).rejects.toThrow(problem('0 lines'));
    await expect(verify(Buffer.from('{}\n'.repeat(10_001)))).rejects.toThrow(problem('10001 lines'));
    const mebibyte = Buffer.alloc(1024 * 1024);
    await expect(verify(...Array<Buffer>(65).fill(mebibyte))).rejects.toThrow(problem('larger than 64 MiB'));
  });

  it('is believed about no asset that is not there, whatever its subject is called', async () => {
    const strange = STATEMENT.replaceAll('acme.a@r1/', '../');
    for (const statement of [STATEMENT, strange])
      await expect(verify(Buffer.from(seal(statement, key)))).rejects.toMatchObject({ code: 'PROVENANCE_UNKNOWN' });
  });
});
