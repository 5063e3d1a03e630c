// A Markdown reader with a program, and a handful of dependencies that Cargo downloads.
export const identity = 'test.pulldown-cmark@r1';
export const fetch = {
  url: 'crates:pulldown-cmark@0.9.6',
  sha256: '57206b407293d2bcd3af849ce869d52068623f19e1b5ff8e8778e3309439682b',
};
export const stage = { strip_components: 1 };
export const build = { cargo: { bins: ['pulldown-cmark'] } };

export const test = `
  [ "$(printf '# Ahoy\n' | "$GALLEY_ASSET_DIR/bin/pulldown-cmark")" = '<h1>Ahoy</h1>' ]
  ! grep -r "work/" "$GALLEY_ASSET_DIR"
`;
