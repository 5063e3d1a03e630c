export const bundles = { kitchen: { identity: 'acme.kitchen@r1', source: 'kitchen' } };
export const packages = [{ recipe: 'acme.soup@r1', bundle: 'kitchn' }];
