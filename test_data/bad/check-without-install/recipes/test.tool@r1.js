export const identity = 'test.tool@r1';
export const check = 'test -f anchor';
