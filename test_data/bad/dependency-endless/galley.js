export const recipe_roots = ['recipes'];
export const packages = ['test.doll@r1'];
