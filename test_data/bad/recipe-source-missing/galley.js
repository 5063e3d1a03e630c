export const packages = [{ recipe: 'test.tool@r1', source: 'tools/tool.js' }];
