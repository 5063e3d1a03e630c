export const identity = 'test.tool@r1';
throw 'no such luck';
