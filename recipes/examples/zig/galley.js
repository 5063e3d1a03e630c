// A compiler in a chosen version, the same for everybody who works on the project.
export const packages = ['galley.zig@r1'];
