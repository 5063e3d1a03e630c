export const identity = 'test.tool@r1';
export const fetch = 'npm:esbuild';
