export const identity = 'acme.kitchen@r1';
export const recipes = {};
