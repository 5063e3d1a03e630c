export const identity = 'test.tool@r1';
export const description = `made at ${new Date().toISOString()}`;
