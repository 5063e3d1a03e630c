export const recipe_roots = ['recipes'];
