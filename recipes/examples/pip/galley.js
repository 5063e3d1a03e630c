// A linter in a virtual environment of the project, in the version that everybody uses.
export const packages = [
  {
    recipe: 'galley.pip@r1',
    options: { packages: ['pyflakes==3.2.0'], products: { pyflakes: '.venv/bin/pyflakes' } },
  },
];
