// Depends on what failed, so it is blocked.
export const identity = 'test.waits@r1';

export const dependencies = [{ recipe: 'test.build_fails@r1' }];
export const install = 'touch never';
