export const recipe_roots = ['recipes'];
export const packages = ['test.pulldown-cmark@r1'];
