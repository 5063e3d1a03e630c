export const recipe_roots = ['recipes'];
export const packages = ['test.clang@r1', 'test.gcc@r1'];
