const wanted = undefined;
export const recipe_roots = ['recipes'];
export const packages = wanted.map((name) => `test.${name}@r1`);
