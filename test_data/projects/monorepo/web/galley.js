// The web team. "galley sync" in this directory makes only what is here.
export const recipe_roots = ['../recipes'];

export const packages = [
  { recipe: 'galley.node@r1', options: { version: '24.19.0' } },
  { recipe: 'galley.esbuild@r1', options: { version: '0.28.2' } },
  'web.page@r1',
];
