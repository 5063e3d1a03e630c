export const identity = 'test.oven@r1';
export const check = 'true';
