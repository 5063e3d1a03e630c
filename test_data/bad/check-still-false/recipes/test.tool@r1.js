export const identity = 'test.tool@r1';
export const check = 'echo "looking for the anchor"; test -f anchor';
export const install = 'echo "dropping the anchor"';
