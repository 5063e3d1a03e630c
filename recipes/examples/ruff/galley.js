// A linter whose rules change with its version: everybody has the same one, and so has CI.
export const packages = [{ recipe: 'galley.ruff@r1', options: { version: '0.17.6' } }];
