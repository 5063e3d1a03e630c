export const recipe_roots = ['recipes'];
export const packages = ['test.user_managed_with_fetch@r1'];
