// An older zstd that also reads the archives of its early days. Each set of options is an asset of its own.
export const packages = [{ recipe: 'galley.zstd@r1', options: { version: '1.5.6', legacy: true } }];
