export const flags = '-O2';
