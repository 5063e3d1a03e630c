// What galley does for `build = { cmake: … }`, as somebody would write it who knows all of it: the twin of
// test_data/declarative/cmake.
export const identity = 'test.expat@r1';
export const fetch = {
  url: 'crates:expat-sys@2.1.6',
  sha256: '658f19728920138342f68408b7cf7644d90d4784353d8ebc32e7e8663dbe45fa',
};
export const stage = { strip_components: 1 };

export const build = `
  cmake -S expat -B "$GALLEY_TMP_DIR/build" -DBUILD_tests=OFF -DBUILD_examples=OFF \\
    -DCMAKE_BUILD_TYPE=Release -DCMAKE_INSTALL_PREFIX="$GALLEY_ASSET_DIR" -DCMAKE_INSTALL_LIBDIR:STRING=lib \\
    -DCMAKE_INSTALL_RPATH='$ORIGIN/../lib' -DCMAKE_BUILD_RPATH_USE_ORIGIN=ON \\
    -DCMAKE_C_FLAGS="-g -ffile-prefix-map=$GALLEY_STAGE_DIR=/galley/$GALLEY_IDENTITY \\
      -ffile-prefix-map=$GALLEY_TMP_DIR=/galley/$GALLEY_IDENTITY/tmp"
  cmake --build "$GALLEY_TMP_DIR/build" --parallel "$GALLEY_JOBS"
`;

export const install = `
  DESTDIR="$GALLEY_TMP_DIR/dest" cmake --install "$GALLEY_TMP_DIR/build"
  mv "$GALLEY_TMP_DIR/dest$GALLEY_ASSET_DIR"/* .
`;
