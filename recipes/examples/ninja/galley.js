// What CMake and Meson hand their work to.
export const packages = ['galley.ninja@r1'];
