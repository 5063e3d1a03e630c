// Expat by its configure, which libtool helps: it writes where the library will be into .la and .pc files. Into programs
// too, where the library is shared; such a program is another one in every place.
export const identity = 'test.expat@r1';
export const fetch = {
  url: 'crates:expat-sys@2.1.6',
  sha256: '658f19728920138342f68408b7cf7644d90d4784353d8ebc32e7e8663dbe45fa',
};
export const stage = { strip_components: 1 };
export const build = { autotools: { source_dir: 'expat', configure_args: ['--disable-shared'] } };

export const test = `
  cd "$GALLEY_TMP_DIR"
  echo '<ship><galley></ship>' > bad.xml
  "$GALLEY_ASSET_DIR/bin/xmlwf" bad.xml | grep 'mismatched tag'
  grep "^prefix=$GALLEY_ASSET_DIR$" "$GALLEY_ASSET_DIR/lib/pkgconfig/expat.pc"
  ! grep -r "work/" "$GALLEY_ASSET_DIR"
`;
