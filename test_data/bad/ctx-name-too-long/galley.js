export const recipe_roots = ['recipes'];
export const packages = ['test.tool@r1'];
