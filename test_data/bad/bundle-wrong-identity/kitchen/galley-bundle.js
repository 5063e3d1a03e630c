export const identity = 'acme.kitchen@r1';
export const recipes = { 'acme.soup@r1': 'soup.js' };
