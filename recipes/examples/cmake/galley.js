// CMake in the version that the project was written for.
export const packages = [{ recipe: 'galley.cmake@r1', options: { version: '4.4.4' } }];
