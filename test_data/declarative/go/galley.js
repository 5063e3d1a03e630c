export const recipe_roots = ['recipes'];
export const packages = ['test.proverb@r1'];
