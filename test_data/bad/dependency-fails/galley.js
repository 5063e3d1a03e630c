export const recipe_roots = ['recipes'];
export const packages = ['test.app@r1'];
