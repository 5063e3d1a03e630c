// The audio codec Opus. A release tells its version in a file, which this snapshot has not: a function prepares the
// sources and leaves the rest to Meson.
export const identity = 'test.opus@r1';
export const fetch = {
  url: 'crates:audiopus_sys@0.2.2',
  sha256: '62314a1546a2064e033665d658e88c620a62904be945f8147e6b16c3db9f8651',
};
export const stage = { strip_components: 1 };

export async function build(ctx) {
  await ctx.write('opus/package_version', 'PACKAGE_VERSION="1.3.1"\n');
  return {
    meson: { source_dir: 'opus', buildtype: 'debug', options: { tests: 'disabled', docs: 'disabled' } },
  };
}

// A program that pkg-config tells how to compile packs a second of a tone, and gets it back.
export const test = `
  cd "$GALLEY_TMP_DIR"
  cat > tone.c <<'END'
#include <math.h>
#include <opus.h>
#include <stdio.h>
int main(void) {
  static short in[48000], out[960];
  static unsigned char packet[4000];
  int error, sent = 0;
  double before = 0, after = 0;
  OpusEncoder *encoder = opus_encoder_create(48000, 1, OPUS_APPLICATION_AUDIO, &error);
  OpusDecoder *decoder = opus_decoder_create(48000, 1, &error);
  for (int i = 0; i < 48000; i++) in[i] = 8000 * sin(i * 0.0576);
  for (int i = 0; i < 48000; i += 960) {
    int size = opus_encode(encoder, in + i, 960, packet, sizeof packet);
    if (size < 0 || opus_decode(decoder, packet, size, out, 960, 0) != 960) return 1;
    sent += size;
    for (int j = 0; j < 960; j++) before += in[i + j] * in[i + j], after += out[j] * out[j];
  }
  printf("%s, %d bytes\\n", opus_get_version_string(), sent);
  return sent > 20000 || after < before * 0.8 || after > before * 1.2;
}
END
  export PKG_CONFIG_PATH="$GALLEY_ASSET_DIR/lib/pkgconfig"
  cc tone.c -o tone $(pkg-config --cflags --libs opus) -Wl,-rpath,"$GALLEY_ASSET_DIR/lib" -lm
  ./tone
`;
