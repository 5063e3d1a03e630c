export const identity = 'test.tool@r1';
export const dependencies = [{ recipe: 'test.registry@r1' }];
export const install = 'touch made';
