// A search that is quick in large trees.
export const packages = ['galley.ripgrep@r1'];
