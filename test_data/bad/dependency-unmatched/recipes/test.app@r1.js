export const identity = 'test.app@r1';
export const dependencies = [{ product: 'cmake' }];
export const install = 'cmake --version > version';
