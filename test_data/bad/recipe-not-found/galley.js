export const recipe_roots = ['recipes'];
export const packages = ['test.zlob@r1'];
