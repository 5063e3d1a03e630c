import { expect, test } from 'vitest';
import { isFailure } from '../model/failure.ts';
import { createFiles } from '../system/files.ts';
import { createScratch } from '../testing/scratch.ts';
import { findManifest } from './discover.ts';

const files = createFiles();

test('manifest is the first one from the directory upwards', async () => {
  await using scratch = await createScratch('p/galley.js', 'p/sub/galley.js', 'p/sub/deep/x', 'p/other/x');
  const { at } = scratch;
  expect(await findManifest(at('p/sub/deep'), files)).toBe(at('p/sub/galley.js'));
  expect(await findManifest(at('p/other'), files)).toBe(at('p/galley.js'));
  expect(await findManifest(at('p'), files)).toBe(at('p/galley.js'));
});

test.each(['.git/HEAD', '.git'])('search for a manifest ends at a repository root with %s', async (git) => {
  await using scratch = await createScratch('galley.js', `p/${git}`, 'p/sub/x');
  const { at, write } = scratch;
  const error = await findManifest(at('p/sub'), files).catch((caught: unknown) => caught);
  expect(isFailure(error, 'MANIFEST_NOT_FOUND')).toBe(true);
  expect(String(error)).toContain(`Cannot find galley.js in "${at('p/sub')}" or above it, up to "${at('p')}"`);

  await write('p/galley.js');
  expect(await findManifest(at('p/sub'), files)).toBe(at('p/galley.js'));
});
