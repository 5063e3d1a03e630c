// Ninja, as the Python index carries it.
export const identity = 'galley.ninja@r1';
export const description = 'A small build system that is fast';
export const homepage = 'https://ninja-build.org';
export const license = 'Apache-2.0';

export const platforms = ['linux', 'darwin'];
export const options = {
  version: { type: 'semver', default: '1.13.2', range: '>=1.10.0' },
};
export const products = { ninja: 'bin/ninja' };

// Pins of the default version. Any other version is pinned by the galley.lock of the project that asks for it.
const SHA256 = {
  '1.13.2 linux-x86_64': '65a24341b5ac09fcadcc37082660be40a94174e51a937fabf6e2cae26225fa2c',
  '1.13.2 linux-arm64': 'd775a5e43e9088f507a6250d57fcf5678eb31268c545feb5064ffeee33735622',
  '1.13.2 darwin-x86_64': 'fd82e26c0706ad4ab88e5fdd26f3fab0a987a90f810160f6c322e752c6af298b',
  '1.13.2 darwin-arm64': 'fd82e26c0706ad4ab88e5fdd26f3fab0a987a90f810160f6c322e752c6af298b',
};

export async function fetch(ctx) {
  const { version } = ctx.options;
  const { os, arch } = ctx.platform;
  const sha256 = SHA256[`${version} ${os}-${arch}`];
  return { url: `pypi:ninja@${version}`, ...(sha256 && { sha256 }) };
}

// A wheel keeps programs in a directory with its version in the name.
export const install = 'mkdir bin && cp "$GALLEY_STAGE_DIR"/*.data/scripts/ninja bin';

// What was built is built no more, until its input changes.
export const test = `
  cd "$GALLEY_TMP_DIR"
  ninja="$GALLEY_ASSET_DIR/bin/ninja"
  {
    echo 'rule sort'
    echo '  command = sort $in > $out && echo run >> runs'
    echo 'build sorted: sort words'
    echo 'build again: sort sorted'
  } > build.ninja
  printf 'b\\na\\n' > words
  "$ninja"
  [ "$(cat again)" = "$(printf 'a\\nb')" ]
  "$ninja" | grep 'no work to do'
  [ "$(wc -l < runs)" -eq 2 ]
  touch -d '1 minute' words 2> /dev/null || touch -A 0100 words
  "$ninja"
  [ "$(wc -l < runs)" -eq 4 ]
`;
