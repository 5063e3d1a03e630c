// What this project wants. `galley sync` makes it; `galley --help` shows the rest.
// docs/guide/write-a-recipe.md of galley tells more.

/** Directories with recipes: `ns.name@rev.js`, or `ns.name@rev/recipe.js`. */
export const recipe_roots = ['recipes'];

// For example 'galley.zlib@r1', or { recipe: 'acme.tool@r1', options: { version: '1.2.3' } }.
/** @type {import('galley/manifest').Packages} */
export const packages = [];
