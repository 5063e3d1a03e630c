export const recipe_roots = ['recipes'];
export const packages = ['acme.zlib@r1', 'test.zlib@r1'];
