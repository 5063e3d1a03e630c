export const packages = ['test.tool@r1'];
