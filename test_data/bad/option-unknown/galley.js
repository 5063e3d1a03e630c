export const recipe_roots = ['recipes'];
export const packages = [{ recipe: 'test.tool@r1', options: { verison: '1.2.4' } }];
