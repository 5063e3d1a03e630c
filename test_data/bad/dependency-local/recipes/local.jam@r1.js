export const identity = 'local.jam@r1';
export const install = 'touch jam';
