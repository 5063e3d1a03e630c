export const recipe_roots = ['recipes'];
export const packages = [{ recipe: 'test.tool@r1', setup: ['udev'] }];
