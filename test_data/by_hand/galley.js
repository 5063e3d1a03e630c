export const recipe_roots = ['recipes'];
export const packages = ['test.expat@r1'];
