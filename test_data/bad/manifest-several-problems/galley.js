export const recipe_rots = ['recipes'];
export const env = ['MY TOKEN'];
export const packages = [
  'zlib',
  { recipe: 'test.tool@r1', option: { fast: true } },
  { recipe: 'test.tool@r1', platforms: ['linx'] },
  { source: 'tool.js' },
];
