export const packages = [];
