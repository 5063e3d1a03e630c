export const identity = 'test.tool@r1';
while (true) {}
