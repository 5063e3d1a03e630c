export const identity = 'test.zlib@r1';
