export const packages = [];
export const recipe_root = ['recipes'];
