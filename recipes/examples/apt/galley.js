// What the project needs of its host. tar is on every Debian, so that nothing is installed here.
export const packages = [
  { recipe: 'galley.apt@r1', options: { packages: ['tar'], products: { tar: '/bin/tar' } }, platforms: ['linux'] },
];
