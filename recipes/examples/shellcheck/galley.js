// Looks through the shell scripts of a project. There is no build of it for Linux on ARM, where it is left out.
export const packages = [{ recipe: 'galley.shellcheck@r1', platforms: ['linux-x86_64', 'darwin'] }];
