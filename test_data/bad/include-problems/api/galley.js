export const packages = ['zlib'];
