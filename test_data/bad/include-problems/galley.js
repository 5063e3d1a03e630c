export const include = ['api', 'web'];
export const packages = [];
