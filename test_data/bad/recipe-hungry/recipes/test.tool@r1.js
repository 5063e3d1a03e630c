export const identity = 'test.tool@r1';
export const description = 'x'.repeat(2 ** 30).split('').join('y');
