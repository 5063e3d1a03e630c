export const recipe_roots = ['recipes'];
export const packages = ['acme.app@r1'];
