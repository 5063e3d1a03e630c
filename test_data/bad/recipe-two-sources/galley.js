export const packages = [
  { recipe: 'test.tool@r1', source: 'a/test.tool@r1.js' },
  { recipe: 'test.tool@r1', source: 'b/test.tool@r1.js' },
];
