// An interpreter for the scripts of a project.
export const packages = ['galley.lua@r1'];
