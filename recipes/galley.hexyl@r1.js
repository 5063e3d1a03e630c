// hexyl, built by the cargo of whoever offers one: a package of the project, else the host. The crate brings its
// Cargo.lock, so every crate that it needs has the checksum with which it was released.
export const identity = 'galley.hexyl@r1';
export const description = 'A hex viewer for the terminal';
export const homepage = 'https://github.com/sharkdp/hexyl';
export const license = 'MIT OR Apache-2.0';

export const platforms = ['linux', 'darwin'];
export const products = { hexyl: 'bin/hexyl' };
export const dependencies = [
  { product: 'cargo', weak: { recipe: 'galley.rust@r1', options: { minimum: '1.74' } }, needed_by: 'build' },
];

export const fetch = {
  url: 'crates:hexyl@0.16.0',
  sha256: '43d56dd04872b6c6d429f18d2e03df95f853feb618c7cd8bf22d0e6851ce5ef8',
};
export const stage = { strip_components: 1 };
export const build = { cargo: {} };

export const test = `
  cd "$GALLEY_TMP_DIR"
  printf 'ahoy\\0\\377' > bytes
  "$GALLEY_ASSET_DIR/bin/hexyl" --border none bytes | grep '61 68 6f 79 00 ff .* ahoy⋄×'
`;
