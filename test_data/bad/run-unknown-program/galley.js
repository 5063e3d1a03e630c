export const recipe_roots = ['recipes'];
export const packages = [];
