export const recipe_roots = ['recipes'];
export const packages = [{ recipe: 'test.tool@r1', options: { version: '0.9.0', mode: 'relese', cores: '4' } }];
