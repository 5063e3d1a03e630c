import { execFileSync } from 'node:child_process';
import { lstatSync, mkdtempSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { finished } from 'node:stream/promises';
import fc from 'fast-check';
import { extract, type Header } from 'tar-stream';
import { expect, onTestFinished, test } from 'vitest';
import { sha256OfBytes } from '../system/digest.ts';
import { TAR_END, type TarEntry, tarHeader, tarPadding } from './tarball.ts';

type Packed = TarEntry & { content: string };

function pack(entries: Packed[]): Buffer {
  const parts = entries.flatMap((entry) => {
    const content = Buffer.from(entry.content);
    return [tarHeader({ ...entry, sizeBytes: content.length }), content, tarPadding(content.length)];
  });
  return Buffer.concat([...parts, TAR_END]);
}

const step = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 60 })
  .filter((text) => /^[^\0/]+$/.test(text) && !/^\.\.?$/.test(text));
const name = fc.array(step, { minLength: 1, maxLength: 6 }).map((steps) => steps.join('/'));
const entry: fc.Arbitrary<Packed> = fc.record({
  path: name,
  executable: fc.boolean(),
  content: fc.string({ maxLength: 1200 }),
  kind: fc.constant('file' as const),
  sizeBytes: fc.constant(0),
});
const link: fc.Arbitrary<Packed> = fc.record({
  path: name,
  kind: fc.constant('link' as const),
  target: name,
  content: fc.constant(''),
  sizeBytes: fc.constant(0),
});

test('a reader gets back what was written, whatever it is called', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(entry, link), { maxLength: 4 }), async (entries) => {
      const found: [Header, string][] = [];
      const reader = extract();
      reader.on('entry', (header, content, next) => {
        const chunks: Buffer[] = [];
        content.on('data', (chunk) => chunks.push(chunk as Buffer));
        content.on('end', () => {
          found.push([header, Buffer.concat(chunks).toString()]);
          next();
        });
      });
      await finished(reader.end(pack(entries)));
      expect(found.map(([{ name, linkname, mode, type }, text]) => [name, linkname ?? '', mode, type, text])).toEqual(
        entries.map(({ path: name, target = '', kind, executable, content }) => [
          ...[name, target, kind === 'link' ? 0o777 : executable ? 0o755 : 0o644],
          ...[kind === 'link' ? 'symlink' : 'file', content],
        ]),
      );
      expect(found.every(([{ mtime, uid, gid }]) => mtime?.getTime() === 0 && uid === 0 && gid === 0)).toBe(true);
    }),
    { numRuns: 60 },
  );
});

test('the tar of this machine unpacks it, and equal trees are equal bytes for ever', () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'galley-tar-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const long = `${'deep/'.repeat(40)}${'é'.repeat(60)}`;
  const bytes = pack([
    { path: 'dir', kind: 'dir', sizeBytes: 0, content: '' },
    { path: 'dir/run', kind: 'file', executable: true, sizeBytes: 0, content: 'x'.repeat(513) },
    { path: long, kind: 'file', sizeBytes: 0, content: 'long' },
    { path: 'link', kind: 'link', target: long, sizeBytes: 0, content: '' },
  ]);
  execFileSync('tar', ['-xf', '-', '-C', dir], { input: bytes, env: { ...process.env, LC_ALL: 'C.UTF-8' } });
  const at = (name: string) => path.join(dir, name);
  expect(readFileSync(at('dir/run'), 'utf8')).toBe('x'.repeat(513));
  expect(lstatSync(at('dir/run')).mode & 0o100).toBe(0o100);
  expect(readFileSync(at(long), 'utf8')).toBe('long');
  expect(readlinkSync(at('link'))).toBe(long);
  // Lock files of the world hold digests of such bytes: this one may never change.
  expect(sha256OfBytes(bytes)).toMatchInlineSnapshot(
    `"d2d11b2330b90bb2523e1b2753a683df038b0d08d315eb58f3740d89f65a8a53"`,
  );
});

test('a file of more than eight gigabytes has its size in a record', () => {
  const header = tarHeader({ path: 'big', kind: 'file', sizeBytes: 9 * 2 ** 30 });
  expect(header.toString('latin1')).toContain('19 size=9663676416\n');
});
