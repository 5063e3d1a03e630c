export const recipe_roots = ['recipes'];
export const packages = ['test.oven@r1'];
