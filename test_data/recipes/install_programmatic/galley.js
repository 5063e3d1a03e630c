export const recipe_roots = ['recipes'];
export const packages = ['test.install_programmatic@r1'];
