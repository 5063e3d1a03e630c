export const recipe_roots = ['recipes'];
export const packages = ['test.build_with_copy@r1'];
