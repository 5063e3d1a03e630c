export const identity = 'test.tool@r1';
export const fetch = { path: 'configure' };
export const build = { autotools: { configure_args: ['--with-salt=some more'] } };
