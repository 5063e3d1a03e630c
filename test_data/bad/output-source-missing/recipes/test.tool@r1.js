export const identity = 'test.tool@r1';
export const products = { say: 'tools/say' };
export const check = 'true';
