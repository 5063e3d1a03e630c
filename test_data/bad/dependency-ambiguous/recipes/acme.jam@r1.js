export const identity = 'acme.jam@r1';
export const install = 'touch jam';
