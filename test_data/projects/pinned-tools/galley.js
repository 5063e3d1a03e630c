// The tools of this repository. A version that moves is a change like any other: it is reviewed, and galley.lock with it.
export const packages = [
  { recipe: 'galley.just@r1', options: { version: '1.59.0' } },
  { recipe: 'galley.ruff@r1', options: { version: '0.17.6' } },
  { recipe: 'galley.ripgrep@r1', options: { version: '1.18.0' } },
  { recipe: 'galley.shellcheck@r1', options: { version: '0.11.0.1' }, platforms: ['linux-x86_64', 'darwin'] },
];
