export const identity = 'test.tool@r1';
export const fetch = { path: '../tool-1.0' };
export const build = { make: {} };
