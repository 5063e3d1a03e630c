export const include = ['services/api', 'services/wbe', 'nowhere/at/all'];
export const packages = [];
