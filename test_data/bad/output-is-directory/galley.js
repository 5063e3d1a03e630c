export const recipe_roots = ['recipes'];
export const packages = ['test.tool@r1'];
export const outputs = [{ product: 'bin', to: 'dist' }];
