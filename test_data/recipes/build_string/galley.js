export const recipe_roots = ['recipes'];
export const packages = ['test.build_string@r1'];
