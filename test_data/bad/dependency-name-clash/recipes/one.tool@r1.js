export const identity = 'one.tool@r1';
export const install = 'touch tool';
