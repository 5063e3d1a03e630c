export const include = ['./team.js'];
export const packages = [];
