export const recipe_roots = ['recipes'];
export const packages = ['test.build_function@r1'];
