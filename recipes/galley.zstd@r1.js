// zstd as a static library. The crate zstd-sys carries upstream's lib/ without its Makefile, and nothing of programs/:
// so there is no zstd command here.
export const identity = 'galley.zstd@r1';
export const description = 'The Zstandard compression library';
export const homepage = 'https://facebook.github.io/zstd';
export const license = 'BSD-3-Clause';

const CRATES = {
  '1.5.7': {
    url: 'crates:zstd-sys@2.1.2+zstd.1.5.7',
    sha256: '481ada9c543b2323cbb7bbdbb5249177fbf0188ed959ed2c15e4b22421c84ed3',
  },
  '1.5.6': {
    url: 'crates:zstd-sys@2.0.13+zstd.1.5.6',
    sha256: '38ff0f21cfee8f97d94cef41359e0c89aa6113028ab0291aa8ca0038995a95aa',
  },
};

export const platforms = ['linux', 'darwin'];
export const options = {
  version: { type: 'string', default: '1.5.7', choices: Object.keys(CRATES) },
  // Also read what zstd 0.5 to 0.7 wrote.
  legacy: { type: 'boolean', default: false },
};
export const products = { libzstd: 'lib/libzstd.a' };

export async function fetch(ctx) {
  return CRATES[ctx.options.version];
}
export const stage = { strip_components: 1 };

export async function build(ctx) {
  const { legacy } = ctx.options;
  const folders = ['common', 'compress', 'decompress', 'dictBuilder', ...(legacy ? ['legacy'] : [])];
  const flags = ['-O3', '-fPIC', '-DXXH_NAMESPACE=ZSTD_', `-DZSTD_LEGACY_SUPPORT=${legacy ? 5 : 0}`];
  await ctx.run(
    `find ${folders.join(' ')} -name '*.[cS]' | xargs -P "$GALLEY_JOBS" -n 1 cc ${flags.join(' ')} -c
     ar rcs libzstd.a *.o`,
    { cwd: 'zstd/lib' },
  );
}

// Ours, because upstream's form of it is not in every crate. The prefix is the final path, known before the asset is there.
const PKG_CONFIG = `prefix={{prefix}}
Name: zstd
Description: fast lossless compression algorithm library
Version: {{version}}
Libs: -L{{prefix}}/lib -lzstd
Cflags: -I{{prefix}}/include
`;

export async function install(ctx) {
  const lib = ctx.path.join(ctx.stage_dir, 'zstd/lib');
  await ctx.mkdir('include');
  await ctx.mkdir('lib/pkgconfig');
  for (const header of ['zstd.h', 'zstd_errors.h', 'zdict.h']) {
    await ctx.copy(ctx.path.join(lib, header), ctx.path.join('include', header));
  }
  await ctx.copy(ctx.path.join(lib, 'libzstd.a'), 'lib/libzstd.a');
  const facts = { prefix: ctx.asset_dir, version: ctx.options.version };
  await ctx.write('lib/pkgconfig/libzstd.pc', ctx.template(PKG_CONFIG, facts));
  ctx.mark_install_complete();
}

export async function test(ctx) {
  const program = ctx.path.join(ctx.tmp_dir, 'try.c');
  await ctx.write(
    program,
    `#include <zstd.h>
     #include <string.h>
     int main(void) {
       char text[4096], packed[4096], back[4096];
       memset(text, 'a', sizeof text);
       size_t size = ZSTD_compress(packed, sizeof packed, text, sizeof text, 19);
       return ZSTD_isError(size) || size > 100
         || ZSTD_decompress(back, sizeof back, packed, size) != sizeof text || memcmp(text, back, sizeof text) != 0;
     }`,
  );
  await ctx.run('cc -I "$GALLEY_ASSET_DIR/include" try.c "$GALLEY_ASSET_DIR/lib/libzstd.a" -o try && ./try', {
    cwd: ctx.tmp_dir,
  });
}
