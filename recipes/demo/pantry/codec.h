/* Turns bytes into fewer bytes and back, with zlib and, where it was built in, zstd. Knows nothing of files. */
#ifndef CODEC_H
#define CODEC_H

#include <stddef.h>

/* Written into archives: never renumber. */
enum codec { STORE = 0, ZLIB = 1, ZSTD = 2 };

const char *codec_name(enum codec codec);

/* True when this build can read and write the codec. */
int codec_known(enum codec codec);

/* The most bytes that `size` bytes can become. */
size_t codec_bound(enum codec codec, size_t size);

/* Both answer how many bytes of `out` were filled, or -1. */
long codec_pack(enum codec codec, const void *in, size_t size, void *out, size_t room);
long codec_unpack(enum codec codec, const void *in, size_t size, void *out, size_t room);

#endif
