export const identity = 'test.tool@r1';
export const build = {
  cmake: {
    source_dir: '../elsewhere',
    targets: 'all',
    defins: { BUILD_TESTING: false },
    defines: { 'A=B': 1, LIST: ['a', null] },
    env: { 'C FLAGS': '-O2' },
  },
};
