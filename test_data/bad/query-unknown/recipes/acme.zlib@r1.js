export const identity = 'acme.zlib@r1';
export const products = { libz: 'libz.a' };
export const install = 'touch libz.a';
