export const include = ['api'];
export const packages = [];
