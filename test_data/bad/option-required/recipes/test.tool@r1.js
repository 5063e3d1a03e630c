export const identity = 'test.tool@r1';
export const options = { flavour: { type: 'string', required: true } };
export const install = 'touch made';
