export const identity = 'two.tool@r1';
export const install = 'touch tool';
