export const recipe_roots = ['recipes'];
export const pakages = ['test.tool@r1'];
export const packages = [];
