export const bundles = { kitchen: { identity: 'acme.kitchen@r1', source: 'kitchen' } };
export const packages = [
  { recipe: 'acme.soop@r1', bundle: 'kitchen' },
  { recipe: 'acme.dessert@r1', bundle: 'kitchen' },
  { recipe: 'acme.salt@r1', bundle: 'kitchen' },
];
