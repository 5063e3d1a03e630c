export const identity = 'test.tool@r1';
export const install = ['mkdir bin', 42];
