export const recipe_roots = ['recipes'];
export const packages = ['test.knife@r1', 'test.salad@r1'];
