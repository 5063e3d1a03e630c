export const identity = 'test.tool@r1';
export const build = { cmake: {}, make: {} };
