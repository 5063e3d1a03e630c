// The data team.
export const recipe_roots = ['../recipes'];

export const bundles = {
  platform: { identity: 'team.platform@r1', source: '../platform' },
};

export const packages = [
  { recipe: 'galley.python@r1', options: { minimum: '3.10' } },
  { recipe: 'galley.ruff@r1', options: { version: '0.17.6' } },
  'data.report@r1',
];
