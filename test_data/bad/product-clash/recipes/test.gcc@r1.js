export const identity = 'test.gcc@r1';
export const products = { cc: 'bin/gcc' };
export const install = 'mkdir bin; touch bin/gcc';
