// A tool of npm in a directory of the project, in the version that everybody uses.
export const packages = [
  {
    recipe: 'galley.npm@r1',
    options: { packages: ['semver@7.6.3'], prefix: '.npm', products: { semver: '.npm/bin/semver' } },
  },
];
