export const recipe_roots = ['recipes'];
export const packages = ['test.tool@r1'];
export const outputs = [
  { product: 'say', to: 'dist' },
  { product: 'say', to: 'dist', name: 'Say' },
];
