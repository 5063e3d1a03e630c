export const recipe_roots = ['recipes'];
export const packages = ['test.build_with_run@r1'];
