export const recipe_roots = ['recipes'];
export const packages = ['test.tool@r1', 'test.other@r1';
