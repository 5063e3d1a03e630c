export const packages = [];
export const include = ['tools.js', 'galley.js'];
