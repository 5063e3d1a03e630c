export const recipe_roots = ['recipes'];
export const packages = ['test.tool@r1'];
export const outputs = [
  { product: 'say', to: '.galley/bin' },
  { product: 'say', to: 'dist', name: 'bin/say' },
  { product: 'say', to: 'dist', platform: 'plan9' },
  { product: 'say', to: 'dist', platform: 'linux' },
  { product: 'bin', name: 'say', to: 'other/../dist', platform: 'linux-x86_64' },
  { product: 'say', dir: 'dist' },
];
