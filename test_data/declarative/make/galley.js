export const recipe_roots = ['recipes'];
export const packages = ['test.bzip2@r1'];
