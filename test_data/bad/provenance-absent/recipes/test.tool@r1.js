export const identity = 'test.tool@r1';
export const install = 'touch tool';
