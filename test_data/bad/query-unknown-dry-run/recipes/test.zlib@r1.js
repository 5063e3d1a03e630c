export const identity = 'test.zlib@r1';
export const install = 'touch made';
