export const galley = '99.0.0';
export const packages = [];
