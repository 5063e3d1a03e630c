import { expect, test } from 'vitest';
import { toJsonRow } from './json.ts';

test('an answer has names with underscores, and keeps those that authors chose', () => {
  const row = { assetDir: '/a', key: undefined, products: { myTool: '/a/b' } };
  expect(toJsonRow(row)).toEqual({ asset_dir: '/a', products: { myTool: '/a/b' } });
});
