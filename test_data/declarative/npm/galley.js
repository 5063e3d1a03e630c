export const recipe_roots = ['recipes'];
export const packages = ['test.matcher@r1'];
