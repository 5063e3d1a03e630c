export const depots = ['https://depot.example.com'];
export const recipe_roots = ['recipes'];
export const packages = [];
