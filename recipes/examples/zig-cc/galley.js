// One program for two machines, from one recipe: this one, and a small one with Linux on ARM. Whatever the machine, the
// compiler is the same file.
export const recipe_roots = ['recipes'];

export const packages = ['local.lua@r1', { recipe: 'local.lua@r1', options: { target: 'aarch64-linux-musl' } }];
