export const recipe_roots = ['recipes'];
export const packages = ['test.build_fails@r1', 'test.waits@r1', 'test.unrelated@r1'];
