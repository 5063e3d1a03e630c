// ripgrep, as npm carries it for Visual Studio Code: one package per platform with the finished program in it.
export const identity = 'galley.ripgrep@r1';
export const description = 'Searches a tree for a pattern, and leaves out what git ignores';
export const homepage = 'https://github.com/BurntSushi/ripgrep';
export const license = 'MIT OR Unlicense';

export const platforms = ['linux', 'darwin'];
export const options = {
  // Of the npm package, not of ripgrep.
  version: { type: 'semver', default: '1.18.0', range: '>=1.18.0' },
};
export const products = { rg: 'bin/rg' };

// Pins of the default version. Any other version is pinned by the galley.lock of the project that asks for it.
const SHA256 = {
  '@vscode/ripgrep-linux-x64@1.18.0': '8cc06e25e29f9c258ee9a09eecd7707c1ea2e99d9e76151e53dbe39f8d6b4a09',
  '@vscode/ripgrep-linux-arm64@1.18.0': '2d65504a71ea421d1c457177ebefcbe0d2d3a1f60f9709b6337f1d933553064b',
  '@vscode/ripgrep-darwin-x64@1.18.0': 'aa947ecde1761b0dd82de23ac3d99cfe31fc6f5595e451cf1016cd81f5e9cfab',
  '@vscode/ripgrep-darwin-arm64@1.18.0': '7daab9e8579fdfb820e0460e45e078c7e88cc8c3d996ff5ad3e3a6be29e098cc',
};

export async function fetch(ctx) {
  const { os, arch } = ctx.platform;
  const name = `@vscode/ripgrep-${os}-${arch === 'x86_64' ? 'x64' : arch}@${ctx.options.version}`;
  const sha256 = SHA256[name];
  return { url: `npm:${name}`, ...(sha256 && { sha256 }) };
}

// Every npm package unpacks into "package/". There is no install: what was staged becomes the asset.
export const stage = { strip_components: 1 };

export const test = `
  cd "$GALLEY_TMP_DIR"
  mkdir -p tree/.git tree/out
  echo out > tree/.gitignore
  echo 'an ahoy to find' > tree/found.txt
  echo 'an ahoy to leave' > tree/out/ignored.txt
  [ "$("$GALLEY_ASSET_DIR/bin/rg" --no-filename --only-matching 'ahoy to \\w+' tree)" = 'ahoy to find' ]
`;
