// A static library for the C programs of a project.
export const packages = ['galley.zlib@r1'];
