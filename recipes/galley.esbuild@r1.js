// esbuild, the bundler. Nothing is built: npm carries one package per platform with the finished binary in it.
export const identity = 'galley.esbuild@r1';
export const description = 'A bundler for JavaScript, TypeScript and CSS';
export const homepage = 'https://esbuild.github.io';
export const license = 'MIT';

export const platforms = ['linux', 'darwin'];
export const options = {
  version: { type: 'semver', default: '0.28.2', range: '>=0.17.0' },
};
export const products = { esbuild: 'bin/esbuild' };

// Pins of the default version. Any other version is pinned by the galley.lock of the project that asks for it.
const SHA256 = {
  '@esbuild/linux-x64@0.28.2': '9573bb2233aab0f9ea7647d5cca9726113cc1768de61d66b17267f4db84488f6',
  '@esbuild/linux-arm64@0.28.2': 'a96dbfa41d3ef5dbd1ef22b1c10d5187be9267e86093a870f06402a7ec931596',
  '@esbuild/darwin-x64@0.28.2': 'abb6a7a895aaf2cc0df36fecc3bf0042479ffec51a643a056d54e9109f27db55',
  '@esbuild/darwin-arm64@0.28.2': '1980cde09749094452b20d36ff267585ccb3f72749c7bc97291cd9996ccf5a2a',
};

export async function fetch(ctx) {
  const { os, arch } = ctx.platform;
  const name = `@esbuild/${os}-${arch === 'x86_64' ? 'x64' : arch}@${ctx.options.version}`;
  const sha256 = SHA256[name];
  return sha256 ? { url: `npm:${name}`, sha256 } : `npm:${name}`;
}

// Every npm package unpacks into "package/". There is no install: what was staged becomes the asset.
export const stage = { strip_components: 1 };

export const test = `
  cd "$GALLEY_TMP_DIR"
  echo 'export const double = (n: number): number => 2 * n' > double.ts
  echo 'import { double } from "./double"; console.log(double(21))' > main.ts
  "$GALLEY_ASSET_DIR/bin/esbuild" main.ts --bundle --minify --outfile=main.js
  grep 'console.log' main.js
  if grep -E 'import|number' main.js; then exit 1; fi
`;
