export const galley = '99.1.0';
export const recipe_roots = ['recipes'];
export const packages = [];
