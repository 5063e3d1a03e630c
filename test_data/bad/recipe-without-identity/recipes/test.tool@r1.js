export const install = 'touch made';
