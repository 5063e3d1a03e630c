export const identity = 'test.tool@r1';
export const instal = 'touch made';
