// Expat as its authors release it: a library, a program that uses it, headers, a pkg-config file.
export const identity = 'test.expat@r1';
export const fetch = {
  url: 'crates:expat-sys@2.1.6',
  sha256: '658f19728920138342f68408b7cf7644d90d4784353d8ebc32e7e8663dbe45fa',
};
export const stage = { strip_components: 1 };
export const build = {
  cmake: { source_dir: 'expat', defines: { BUILD_tests: false, BUILD_examples: false, CMAKE_C_FLAGS: '-g' } },
};

// The program finds its library without help; broken XML is told apart from good.
export const test = `
  cd "$GALLEY_TMP_DIR"
  echo '<ship><galley/></ship>' > good.xml
  echo '<ship><galley></ship>' > bad.xml
  xmlwf="$GALLEY_ASSET_DIR/bin/xmlwf"
  [ -z "$("$xmlwf" good.xml)" ]
  "$xmlwf" bad.xml | grep 'mismatched tag'
  ! grep -r "work/" "$GALLEY_ASSET_DIR"
`;
