export const recipe_roots = ['recipes'];
export const packages = ['test.hen@r1'];
