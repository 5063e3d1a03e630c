// What this project wants. `galley sync` makes it; `galley --help` shows the rest.
// Every field is described in docs/reference/manifest.md of galley.

/** Directories with recipes: `ns.name@rev.js`, or `ns.name@rev/recipe.js`. */
export const recipe_roots = ['recipes'];

/** For example 'galley.zlib@r1', or { recipe: 'acme.tool@r1', options: { version: '1.2.3' } }. */
export const packages = [];
