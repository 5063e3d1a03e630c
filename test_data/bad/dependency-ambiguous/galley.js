export const recipe_roots = ['recipes'];
export const packages = ['acme.jam@r1', 'best.jam@r1', 'test.app@r1'];
