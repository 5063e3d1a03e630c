export const identity = 'test.tool@r1';
const versions = { '1.0': 'one' };
export const fetch = versions['2.0'].toUpperCase();
