export const include = ['api', 'web'];
export const default_shell = 'sh';
export const packages = [];
