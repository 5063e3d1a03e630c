export const include = ['team/api'];
export const packages = [];
