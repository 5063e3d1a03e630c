export const recipe_roots = ['recipes'];
export const packages = ['test.build_nil@r1'];
