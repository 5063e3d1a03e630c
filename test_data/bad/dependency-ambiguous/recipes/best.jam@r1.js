export const identity = 'best.jam@r1';
export const install = 'touch jam';
