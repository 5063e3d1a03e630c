#include "codec.h"

#include <string.h>
#include <zlib.h>
#ifdef WITH_ZSTD
#include <zstd.h>
#endif

/* PANTRY_LEVEL is 1 to 9, zlib's scale; zstd's ordinary levels end at 19. */
#define ZSTD_LEVEL (2 * PANTRY_LEVEL + 1)

const char *codec_name(enum codec codec) {
  static const char *const NAMES[] = {"store", "zlib", "zstd"};
  return NAMES[codec];
}

int codec_known(enum codec codec) {
#ifdef WITH_ZSTD
  return codec <= ZSTD;
#else
  return codec <= ZLIB;
#endif
}

size_t codec_bound(enum codec codec, size_t size) {
#ifdef WITH_ZSTD
  if (codec == ZSTD) return ZSTD_compressBound(size);
#endif
  return codec == ZLIB ? compressBound(size) : size;
}

long codec_pack(enum codec codec, const void *in, size_t size, void *out, size_t room) {
#ifdef WITH_ZSTD
  if (codec == ZSTD) {
    size_t filled = ZSTD_compress(out, room, in, size, ZSTD_LEVEL);
    return ZSTD_isError(filled) ? -1 : (long)filled;
  }
#endif
  if (codec == ZLIB) {
    uLongf filled = room;
    return compress2(out, &filled, in, size, PANTRY_LEVEL) == Z_OK ? (long)filled : -1;
  }
  if (size > room) return -1;
  memcpy(out, in, size);
  return (long)size;
}

long codec_unpack(enum codec codec, const void *in, size_t size, void *out, size_t room) {
#ifdef WITH_ZSTD
  if (codec == ZSTD) {
    size_t filled = ZSTD_decompress(out, room, in, size);
    return ZSTD_isError(filled) ? -1 : (long)filled;
  }
#endif
  if (codec == ZLIB) {
    uLongf filled = room;
    return uncompress(out, &filled, in, size) == Z_OK ? (long)filled : -1;
  }
  if (size > room) return -1;
  memcpy(out, in, size);
  return (long)size;
}
