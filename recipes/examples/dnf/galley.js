// What the project needs of its host. bash is on every Fedora, so that nothing is installed there.
export const packages = [
  {
    recipe: 'galley.dnf@r1',
    options: { packages: ['bash'], products: { bash: '/usr/bin/bash' } },
    platforms: ['linux'],
  },
];
