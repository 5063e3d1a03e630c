// Ruff, as the Python index carries it: one program, which needs no Python.
export const identity = 'galley.ruff@r1';
export const description = 'A linter and formatter for Python';
export const homepage = 'https://docs.astral.sh/ruff';
export const license = 'MIT';

export const platforms = ['linux', 'darwin'];
export const options = {
  version: { type: 'semver', default: '0.17.6', range: '>=0.1.0' },
};
export const products = { ruff: 'bin/ruff' };

// Pins of the default version. Any other version is pinned by the galley.lock of the project that asks for it.
const SHA256 = {
  '0.17.6 linux-x86_64': 'aa3b08254a732acba246891089a152c47c5733dc36b8ecb76ce8602f8326e5e4',
  '0.17.6 linux-arm64': '435241c61af5909a022f76219d3d1bf24730dc1bf0acabb5ddf4b569ab3cbb30',
  '0.17.6 darwin-x86_64': '9d44ef2140402043fd6f689ef541858b80883a8b0a02e38539ef0614ebe57d0c',
  '0.17.6 darwin-arm64': '9fbddc08577592e283c265d865e0182de6e33db185494db7b06290d989d888e5',
};

export async function fetch(ctx) {
  const { version } = ctx.options;
  const { os, arch } = ctx.platform;
  const sha256 = SHA256[`${version} ${os}-${arch}`];
  return { url: `pypi:ruff@${version}`, ...(sha256 && { sha256 }) };
}

// A wheel keeps programs in a directory with its version in the name.
export const install = 'mkdir bin && cp "$GALLEY_STAGE_DIR"/*.data/scripts/ruff bin';

// An unused import is found and taken out, and the rest put in order.
export const test = `
  cd "$GALLEY_TMP_DIR"
  ruff="$GALLEY_ASSET_DIR/bin/ruff"
  printf 'import os\\nprint(  "ahoy" )\\n' > try.py
  if "$ruff" check --no-cache try.py; then exit 1; fi
  "$ruff" check --no-cache --fix try.py
  "$ruff" format --no-cache try.py
  [ "$(cat try.py)" = 'print("ahoy")' ]
`;
