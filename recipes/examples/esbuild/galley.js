// A bundler in a chosen version, the same for everybody who works on the project.
export const packages = [{ recipe: 'galley.esbuild@r1', options: { version: '0.28.2' } }];
