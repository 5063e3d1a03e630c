export const identity = 'test.tool@r1';
export const fetch = { path: 'tool.zip' };
