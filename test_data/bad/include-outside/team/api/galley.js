export const include = ['../../tools'];
export const packages = [];
