export const identity = 'test.tool@r1';
export const platforms = ['linux', 'beos'];
export const options = {
  version: { type: 'version', default: '1.0' },
  'two words': { type: 'string' },
};
export const products = { tool: '../bin/tool', cc: '/usr/bin/cc' };
export const dependencies = [{ recipe: 'test.other@r1', needed_by: 'compile' }];
export const fetch = 'not a url\0';
export const stage = { strip_components: -1 };
export const test = 7;
