// just, as the Python index carries it under the name of rust-just.
export const identity = 'galley.just@r1';
export const description = 'Runs the commands of a project by name';
export const homepage = 'https://just.systems';
export const license = 'CC0-1.0';

export const platforms = ['linux', 'darwin'];
export const options = {
  version: { type: 'semver', default: '1.59.0', range: '>=1.14.0' },
};
export const products = { just: 'bin/just' };

// Pins of the default version. Any other version is pinned by the galley.lock of the project that asks for it.
const SHA256 = {
  '1.59.0 linux-x86_64': '3ee47f26e3aff917107602d57a08ede20df447f78dc4f9ceb08e57a883c56eb9',
  '1.59.0 linux-arm64': 'a305aa91fc425c44e3bcc7d5faae7b8c1503091d8e79aae1f6801dbdca478e20',
  '1.59.0 darwin-x86_64': '68795a4da5ffb65ed79a79ffaa8cdb06b7db15feba82a36fb0855a3eb964eb24',
  '1.59.0 darwin-arm64': '105f7d21ff3a36ffbe1c2039bcac2c63b92941a11e3531ecdff3e4b6411f87d4',
};

export async function fetch(ctx) {
  const { version } = ctx.options;
  const { os, arch } = ctx.platform;
  const sha256 = SHA256[`${version} ${os}-${arch}`];
  return { url: `pypi:rust-just@${version}`, ...(sha256 && { sha256 }) };
}

// A wheel keeps programs in a directory with its version in the name.
export const install = 'mkdir bin && cp "$GALLEY_STAGE_DIR"/*.data/scripts/just bin';

export const test = `
  cd "$GALLEY_TMP_DIR"
  {
    echo 'greet name: prepare'
    echo '  @echo "$(cat word), {{name}}"'
    echo 'prepare:'
    echo '  @echo ahoy > word'
  } > justfile
  [ "$("$GALLEY_ASSET_DIR/bin/just" greet cook)" = 'ahoy, cook' ]
`;
