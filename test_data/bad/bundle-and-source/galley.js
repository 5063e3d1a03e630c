export const bundles = { kitchen: { identity: 'acme.kitchen@r1', source: 'kitchen', ref: 'main' } };
export const packages = [{ recipe: 'acme.soup@r1', bundle: 'kitchen', source: 'soup.js' }];
