import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sha256OfBytes } from '../system/digest.ts';
import { createFiles } from '../system/files.ts';
import { createManualClock } from '../testing/manual-clock.ts';
import { copyTree, type DigestMemo, digestTree, type TreeSelection } from './tree.ts';

const files = createFiles();
const { signal } = new AbortController();
let [top, root] = ['', ''];
let memo: DigestMemo;

beforeEach(() => {
  top = realpathSync(mkdtempSync(path.join(tmpdir(), 'galley-tree-')));
  root = path.join(top, 'root');
  memo = {};
  write('main.c', 'main');
  write('src/a.c', 'a');
  write('src/.hidden', 'h');
  write('src/deep/b.h', 'b');
  symlinkSync('a.c', path.join(root, 'src/link'));
});
afterEach(() => rmSync(top, { recursive: true }));

function write(relative: string, text: string): void {
  mkdirSync(path.dirname(path.join(root, relative)), { recursive: true });
  writeFileSync(path.join(root, relative), text);
}

const digest = (selection: Partial<TreeSelection> = {}, { at = root, laterMs = 60_000 } = {}) =>
  digestTree(
    at,
    { ignored: [], ...selection },
    { files, clock: createManualClock(Date.now() + laterMs), memo, signal },
  );
const paths = async (selection: Partial<TreeSelection>) => (await digest(selection)).files.map((file) => file.path);

test('digestTree lists files and links, and never .git, .galley and output directories', async () => {
  for (const dir of ['.git', '.galley', 'src/.git', 'out/bin']) write(`${dir}/x`, 'x');
  const tree = await digest({ ignored: [path.join(root, 'out/bin')] });
  expect(tree.files.map((file) => file.path)).toEqual(['main.c', 'src/.hidden', 'src/a.c', 'src/deep/b.h', 'src/link']);
  expect(tree.files[2]).toEqual({ path: 'src/a.c', sha256: sha256OfBytes('a'), mode: 0o644 });
  expect(tree.files[4]).toEqual({ path: 'src/link', sha256: sha256OfBytes('a.c'), mode: 0o644, link: 'a.c' });
});

test('digestTree takes what include names less what exclude names, directories whole', async () => {
  expect(await paths({ include: ['src'] })).toEqual(['src/.hidden', 'src/a.c', 'src/deep/b.h', 'src/link']);
  expect(await paths({ include: ['**/*.c', './src/deep/'] })).toEqual(['main.c', 'src/a.c', 'src/deep/b.h']);
  expect(await paths({ exclude: ['src'] })).toEqual(['main.c']);
  expect(await paths({ include: ['src'], exclude: ['**/*.c', 'src/deep/'] })).toEqual(['src/.hidden', 'src/link']);
  expect(await paths({ include: [] })).toEqual([]);
});

test('no pattern of a recipe keeps digestTree busy', async () => {
  write(`src/${'a'.repeat(40)}`, '');
  const started = performance.now();
  expect(await paths({ include: [`${'*a'.repeat(30)}b`, '**/*b*b*b*b*b*b'] })).toEqual([]);
  for (const include of [['+(+(a|aa)|a+(a))b'], ['{1..30000000}']])
    await expect(paths({ include })).rejects.toMatchObject({ code: 'INVALID_VALUE' });
  await expect(paths({ exclude: ['+(a)'] })).rejects.toMatchObject({ code: 'INVALID_VALUE' });
  expect(performance.now() - started).toBeLessThan(5000);
});

test('the digest changes with content, name, target and executability, and with nothing else', async () => {
  const before = (await digest()).sha256;
  const changes: [string, () => void, () => void][] = [
    ['content', () => write('main.c', 'MAIN'), () => write('main.c', 'main')],
    ['a new file', () => write('new', ''), () => rmSync(path.join(root, 'new'))],
    [
      'executable',
      () => chmodSync(path.join(root, 'main.c'), 0o755),
      () => chmodSync(path.join(root, 'main.c'), 0o600),
    ],
  ];
  for (const [what, change, undo] of changes) {
    change();
    expect((await digest()).sha256, what).not.toBe(before);
    undo();
    expect((await digest()).sha256, what).toBe(before);
  }
  rmSync(path.join(root, 'src/link'));
  symlinkSync('deep/b.h', path.join(root, 'src/link'));
  expect((await digest()).sha256).not.toBe(before);
});

test('a digest is read from the memo when size, ctime and inode are the same', async () => {
  await digest();
  const file = path.join(root, 'main.c');
  const known = memo[file];
  expect(known?.sha256).toBe(sha256OfBytes('main'));
  const marked = sha256OfBytes('from the memo');
  if (known) known.sha256 = marked;
  expect((await digest()).files[0]?.sha256).toBe(marked);
  write('main.c', 'niam');
  expect((await digest()).files[0]?.sha256).toBe(sha256OfBytes('niam'));
});

test('a file that changed just now is not remembered', async () => {
  await digest({}, { laterMs: 100 });
  expect(memo).toEqual({});
});

test('a single file is a source, with its own digest', async () => {
  symlinkSync('main.c', path.join(root, 'alias'));
  for (const at of [path.join(root, 'main.c'), path.join(root, 'alias')]) {
    const tree = await digest({}, { at });
    expect(tree).toMatchObject({
      sha256: sha256OfBytes('main'),
      files: [{ path: '', sha256: sha256OfBytes('main'), mode: 0o644 }],
    });
    const to = path.join(top, 'copies', path.basename(at));
    await copyTree(at, tree, to, { files, signal });
    expect((await digest({}, { at: to })).sha256).toBe(tree.sha256);
  }
  await expect(digest({}, { at: path.join(root, 'not') })).rejects.toMatchObject({ code: 'SOURCE_NOT_FOUND' });
});

test('copyTree makes what was listed, and refuses what changed in between', async () => {
  chmodSync(path.join(root, 'main.c'), 0o777);
  const tree = await digest({ exclude: ['src/.hidden'] });
  await copyTree(root, tree, path.join(top, 'copy'), { files, signal });
  const { sha256, files: copied } = await digest({}, { at: path.join(top, 'copy') });
  expect({ sha256, files: copied }).toEqual({ sha256: tree.sha256, files: tree.files });
  write('src/a.c', 'changed');
  await expect(copyTree(root, tree, path.join(top, 'again'), { files, signal })).rejects.toMatchObject({
    code: 'DIGEST_MISMATCH',
  });
});
