// zlib as a static library. The crate libz-sys carries upstream's C sources, but neither configure nor its Makefile.
export const identity = 'galley.zlib@r1';
export const description = 'The deflate compression library';
export const homepage = 'https://zlib.net';
export const license = 'Zlib';

export const platforms = ['linux', 'darwin'];
export const products = { libz: 'lib/libz.a' };

const VERSION = '1.3.2';

export const fetch = {
  url: 'crates:libz-sys@1.1.31',
  sha256: 'ff20308ecabd635a2dc1dd5834a86c462cca20efba1d5d3ddab1f8aea3455cb2',
};
export const stage = { strip_components: 1 };

// The flags that upstream's configure finds on both platforms.
export const build = `
  cd src/zlib
  ls *.c | xargs -P "$GALLEY_JOBS" -n 1 cc -O3 -fPIC -DHAVE_UNISTD_H -DHAVE_HIDDEN -D_LARGEFILE64_SOURCE=1 -c
  ar rcs libz.a *.o
`;

// pkg-config must answer with the final path, and that is known before the asset is there.
export const install = `
  mkdir -p include lib/pkgconfig
  cp "$GALLEY_STAGE_DIR"/src/zlib/{zlib,zconf}.h include
  cp "$GALLEY_STAGE_DIR"/src/zlib/libz.a lib
  sed "
    s|@prefix@|$GALLEY_ASSET_DIR|; s|@exec_prefix@|$GALLEY_ASSET_DIR|; s|@includedir@|$GALLEY_ASSET_DIR/include|
    s|@libdir@|$GALLEY_ASSET_DIR/lib|; s|@sharedlibdir@|$GALLEY_ASSET_DIR/lib|; s|@VERSION@|${VERSION}|
  " "$GALLEY_STAGE_DIR"/src/zlib/zlib.pc.in > lib/pkgconfig/zlib.pc
`;

// Somebody else's program reads what the library wrote.
export const test = `
  cd "$GALLEY_TMP_DIR"
  echo '#include <zlib.h>' > try.c
  echo 'int main(void) { gzFile out = gzopen("try.gz", "wb9"); gzputs(out, "ahoy"); return gzclose(out); }' >> try.c
  cc -I "$GALLEY_ASSET_DIR/include" try.c "$GALLEY_ASSET_DIR/lib/libz.a" -o try
  ./try
  [ "$(gzip -dc try.gz)" = ahoy ]
`;
