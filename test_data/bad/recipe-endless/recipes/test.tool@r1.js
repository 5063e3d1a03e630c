export const identity = 'test.tool@r1';
let turns = 0;
while (true) turns++;
