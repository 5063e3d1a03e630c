export const recipe_roots = ['recipes'];
export const packages = ['test.soup@r1'];
