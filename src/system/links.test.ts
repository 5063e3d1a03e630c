import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { followLinks } from './links.ts';

function createPlace(): (name: string) => string {
  const dir = mkdtempSync(path.join(realpathSync(tmpdir()), 'galley-links-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  return (name) => path.join(dir, name);
}

test('each link on the way is met, in directories, in targets and in their targets', () => {
  const at = createPlace();
  mkdirSync(at('shelf/top'), { recursive: true });
  writeFileSync(at('shelf/top/pot'), '');
  symlinkSync('shelf', at('rack'));
  symlinkSync('rack/top', at('now'));
  symlinkSync(`${at('now')}/../top/pot`, at('pot'));
  const { links, ends } = followLinks([at('pot'), at('now'), at('shelf/top/pot')]);
  expect(links.sort()).toEqual([at('now'), at('pot'), at('rack')]);
  expect(ends.sort()).toEqual([at('shelf/top'), at('shelf/top/pot')]);
});

test('".." in a target starts from where the link before it has led', () => {
  const at = createPlace();
  mkdirSync(at('deep/er'), { recursive: true });
  symlinkSync('deep/er', at('down'));
  symlinkSync('down/../spoon', at('spoon'));
  expect(followLinks([at('spoon')]).ends).toEqual([at('deep/spoon')]);
});

test('a ring, a link to nothing and a file in the place of a directory have ends', () => {
  const at = createPlace();
  symlinkSync('round', at('again'));
  symlinkSync('again', at('round'));
  symlinkSync('nowhere/at/all', at('lost'));
  writeFileSync(at('file'), '');
  const { links, ends } = followLinks([at('again'), at('lost'), at('file/below')]);
  expect(links.sort()).toEqual([at('again'), at('lost'), at('round')]);
  expect(ends).toContain(at('nowhere/at/all'));
  expect(ends).toContain(at('file/below'));
});
