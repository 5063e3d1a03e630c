export const identity = 'test.clang@r1';
export const products = { cc: 'bin/clang' };
export const install = 'mkdir bin; touch bin/clang';
