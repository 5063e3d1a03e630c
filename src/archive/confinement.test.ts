// Random mazes of directories, links and hard links, unpacked over one another: whatever they say, nothing outside the
// target changes, and no link in it leads out.
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isFailure } from '../model/failure.ts';
import { createFiles } from '../system/files.ts';
import { leadsOut } from './testing/strange.ts';
import { Unpacking } from './unpacking.ts';

const step = fc.constantFrom('a', 'b', '..', '.', '');
const way = fc.array(step, { minLength: 1, maxLength: 4 }).map((steps) => steps.join('/'));
const plainWay = fc.array(fc.constantFrom('a', 'b'), { minLength: 1, maxLength: 3 }).map((steps) => steps.join('/'));
const entry = fc.record({
  kind: fc.constantFrom('file', 'dir', 'link', 'link', 'hardlink'),
  name: fc.oneof(plainWay, plainWay, way),
  target: fc.oneof(plainWay, way),
  mode: fc.constant(0o644),
});

/** By hand: `readdir` of Node, when recursive, walks along links to directories, here without end. */
function linksIn(dir: string): string[] {
  return fs.readdirSync(dir, { withFileTypes: true }).flatMap((one) => {
    const file = path.join(dir, one.name);
    if (one.isDirectory()) return linksIn(file);
    return one.isSymbolicLink() ? [file] : [];
  });
}

it('unpacking never leaves its directory', () => {
  const dir = fs.mkdtempSync(path.join(tmpdir(), 'galley-maze-'));
  const signal = new AbortController().signal;
  try {
    const root = path.join(dir, 'a');
    const untouched = path.join(dir, 'b');
    fs.mkdirSync(untouched);
    const property = fc.property(fc.array(entry, { maxLength: 12 }), (entries) => {
      fs.rmSync(root, { recursive: true, force: true });
      fs.mkdirSync(root);
      using unpacking = new Unpacking('x.tar', root, { files: createFiles(), signal });
      for (const one of entries) {
        try {
          const writer = unpacking.add(one as Parameters<typeof unpacking.add>[0]);
          writer?.write(Buffer.from('x'));
          writer?.close();
        } catch (error) {
          if (!isFailure(error)) throw error;
        }
      }
      expect(linksIn(root).filter((link) => leadsOut(root, link))).toEqual([]);
      expect(fs.readdirSync(dir).sort()).toEqual(['a', 'b']);
      expect(fs.readdirSync(untouched)).toEqual([]);
    });
    fc.assert(property, { numRuns: 400 });
  } finally {
    fs.rmSync(dir, { recursive: true, force: true });
  }
});
