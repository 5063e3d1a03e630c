export const bundles = { kitchen: { identity: 'acme.kitchen@r2', source: 'kitchen' } };
export const packages = [{ recipe: 'acme.soup@r1', bundle: 'kitchen' }];
