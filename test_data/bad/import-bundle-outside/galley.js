export const bundles = { kitchen: { identity: 'acme.kitchen@r1', source: 'kitchen' } };
export const recipe_roots = ['recipes'];
export const packages = ['test.meal@r1'];
