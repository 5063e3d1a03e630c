export const packages = [];
export const default_shell = { file: ['/bin/sh', '-e'], ext: '.sh' };
