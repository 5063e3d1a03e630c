export const identity = 'test.tool@r1';
export const products = { say: 'bin/say', bin: 'bin' };
export const install = 'mkdir bin; echo echo say > bin/say; chmod 755 bin/say';
