// The demo: three libraries and tools from their upstreams, a binary from npm, and a program of our own made with them.
export const recipe_roots = ['recipes'];

export const packages = [
  'galley.esbuild@r1',
  'galley.lua@r1',
  // pantry takes this zstd, because it is the one of the project.
  { recipe: 'galley.zstd@r1', options: { version: '1.5.7' } },
  { recipe: 'local.pantry@r1', options: { level: 9 } },
];
