// diffr, built by the cargo of whoever offers one: a package of the project, else the host. The crate brings its
// Cargo.lock, so every crate that it needs has the checksum with which it was released.
export const identity = 'galley.diffr@r1';
export const description = 'Shows which words of a line a diff has changed: git diff | diffr';
export const homepage = 'https://github.com/mookid/diffr';
export const license = 'MIT';

export const platforms = ['linux', 'darwin'];
export const products = { diffr: 'bin/diffr' };
export const dependencies = [{ product: 'cargo', weak: { recipe: 'galley.rust@r1' }, needed_by: 'build' }];

export const fetch = {
  url: 'crates:diffr@0.1.5',
  sha256: '2bce780c69b328928a1c18d63d3a20a76bf0b81c5982d00e8e4debf04a7bb6cd',
};
export const stage = { strip_components: 1 };
export const build = { cargo: {} };

// The word that is new stands between its own colour and the end of it.
export const test = `
  cd "$GALLEY_TMP_DIR"
  echo 'the cook sings' > before
  echo 'the cook dances' > after
  diff -u before after > change || true
  "$GALLEY_ASSET_DIR/bin/diffr" --colors refine-added:none:foreground:green < change > shown
  grep "$(printf '\\033\\[32mdances\\033\\[')" shown
`;
