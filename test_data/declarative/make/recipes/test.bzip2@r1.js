// bzip2's own makefile, which knows no DESTDIR and takes no CPPFLAGS.
export const identity = 'test.bzip2@r1';
export const fetch = {
  url: 'crates:bzip2-sys@0.1.13',
  sha256: '225bff33b2141874fe80d71e07d6eec4f85c5c216453dd96388240f96e1acc14',
};
export const stage = { strip_components: 1 };
export const build = {
  make: {
    directory: 'bzip2-1.0.8',
    targets: ['bzip2', 'bzip2recover'],
    variables: { CFLAGS: '-O2 -g -D_FILE_OFFSET_BITS=64 $(CPPFLAGS)' },
    install_variables: { PREFIX: '$(GALLEY_INSTALL_DIR)' },
  },
};

export const test = `
  cd "$GALLEY_TMP_DIR"
  seq 10000 > numbers
  "$GALLEY_ASSET_DIR/bin/bzip2" --keep numbers
  [ "$(wc -c < numbers.bz2)" -lt 20000 ]
  "$GALLEY_ASSET_DIR/bin/bzcat" numbers.bz2 | cmp - numbers
  ! grep -r "work/" "$GALLEY_ASSET_DIR"
`;
