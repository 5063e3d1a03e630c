// How commands name packages, in the words of their help.
export const QUERIES = {
  name: '[query...]',
  meaning: 'Packages to work on, as name, ns.name, name@rev or ns.name@rev; all when there are none',
};
export const QUERY = { name: '<query>', meaning: 'A package, as name, ns.name, name@rev or ns.name@rev' };
