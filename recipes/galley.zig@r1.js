// Zig, the compiler, as the Python index carries it: one program that also holds clang, lld and the C libraries of some
// forty systems. galley.zig-cc@r1 makes a C compiler of it.
export const identity = 'galley.zig@r1';
export const description = 'The Zig compiler';
export const homepage = 'https://ziglang.org';
export const license = 'MIT';

export const platforms = ['linux', 'darwin'];
export const options = {
  version: { type: 'semver', default: '0.17.1', range: '>=0.13.0' },
};
export const products = { zig: 'ziglang/zig' };

// Pins of the default version. Any other version is pinned by the galley.lock of the project that asks for it.
const SHA256 = {
  '0.17.1 linux-x86_64': 'ea6cc5d87b033cf0aedfbc8f9549a908cae6c50ac31f1698188fa48a74524b54',
  '0.17.1 linux-arm64': 'b7c5f02fccd40f89b999ee16a1f5ddced56e6182370f8affe494bcf8a28cf07e',
  '0.17.1 darwin-x86_64': '4e0b4b9c02b8d0d220e9948010f860b62ff11d96abb39762eca5fa2ef3f7bc97',
  '0.17.1 darwin-arm64': '09953b6af7f64168b915180a42774f520f92d86ef6331b28e33915c7e1f0bb23',
};

export async function fetch(ctx) {
  const { version } = ctx.options;
  const { os, arch } = ctx.platform;
  const sha256 = SHA256[`${version} ${os}-${arch}`];
  return { url: `pypi:ziglang@${version}`, ...(sha256 && { sha256 }) };
}

// A program for this machine says the greatest common divisor by its exit status.
export const test = `
  cd "$GALLEY_TMP_DIR"
  {
    echo 'fn gcd(a: u8, b: u8) u8 { return if (b == 0) a else gcd(b, a % b); }'
    echo 'pub fn main() u8 { return gcd(210, 147); }'
  } > gcd.zig
  "$GALLEY_ASSET_DIR/ziglang/zig" build-exe -O ReleaseSmall gcd.zig
  status=0
  ./gcd || status=$?
  [ "$status" -eq 21 ]
`;
