export const recipe_roots = ['recipes'];
export const packages = ['test.user_managed_simple@r1'];
