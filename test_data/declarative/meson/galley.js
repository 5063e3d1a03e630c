export const recipe_roots = ['recipes'];
export const packages = ['test.opus@r1'];
