// A service in C++ with everything it is made with: compiler, build tools, libraries. A new machine needs galley alone.
export const recipe_roots = ['recipes'];

export const packages = [
  // Whatever asks for "cc", "c++", "cmake" or "ninja" gets these; they are on PATH in galley run and galley shell too.
  { recipe: 'galley.zig-cc@r1', options: { cxx: true } },
  { recipe: 'galley.cmake@r1', options: { version: '4.4.4' } },
  { recipe: 'galley.ninja@r1', options: { version: '1.13.2' } },
  'stow.stowage@r1',
];
