export const identity = 'test.registry@r1';
export const platforms = ['windows'];
export const install = 'touch made';
