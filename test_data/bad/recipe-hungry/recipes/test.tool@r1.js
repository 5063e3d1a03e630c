export const identity = 'test.tool@r1';
const rows = [];
for (;;) rows.push('x'.repeat(1000).split(''));
