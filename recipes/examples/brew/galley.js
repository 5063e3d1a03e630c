// What the project needs of its host: a tool of Homebrew for those who work on a Mac.
export const packages = [
  {
    recipe: 'galley.brew@r1',
    options: { packages: ['jq'], products: { jq: '/opt/homebrew/bin/jq' } },
    platforms: ['darwin-arm64'],
  },
];
