export const identity = 'test.tool@r1';
export const fetch = { path: 'meson.build' };
export const build = { meson: {} };
