// Has nothing to do with what failed, so it is built.
export const identity = 'test.unrelated@r1';

export const install = 'touch made';
