/*
 * pantry: keeps files in one archive, each compressed in the way that suits its kind.
 *
 *   archive = "PANTRY1\n", then for each file
 *     u8 codec, u8 length of the name, u64 size, u64 packed size, u32 crc32 of the content   (little-endian)
 *     the name, the packed bytes
 */
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "codec.h"
#include "shelves.h"

static const char MAGIC[8] = {'P', 'A', 'N', 'T', 'R', 'Y', '1', '\n'};
enum { HEADER = 1 + 1 + 8 + 8 + 4 };

/* Makes a forged size an error instead of an attempt to find the memory. */
static const uint64_t LARGEST_FILE = UINT64_C(1) << 31;

static void die(const char *format, ...) {
  va_list values;
  va_start(values, format);
  fputs("pantry: ", stderr);
  vfprintf(stderr, format, values);
  fputc('\n', stderr);
  exit(1);
}

static void *room_for(size_t size) {
  void *room = malloc(size ? size : 1);
  if (!room) die("out of memory");
  return room;
}

static void put(uint8_t *at, uint64_t value, int bytes) {
  for (int i = 0; i < bytes; i++) at[i] = (uint8_t)(value >> 8 * i);
}

static uint64_t get(const uint8_t *at, int bytes) {
  uint64_t value = 0;
  for (int i = bytes; i-- > 0;) value = value << 8 | at[i];
  return value;
}

static FILE *open_file(const char *path, const char *mode) {
  FILE *file = fopen(path, mode);
  if (!file) die("cannot open \"%s\"", path);
  return file;
}

static void close_written(FILE *file, const char *path) {
  if (ferror(file) || fclose(file) != 0) die("cannot write \"%s\"", path);
}

static uint8_t *read_whole(const char *path, size_t *size) {
  FILE *file = open_file(path, "rb");
  size_t room = 1 << 16;
  uint8_t *bytes = room_for(room);
  *size = 0;
  for (size_t n; (n = fread(bytes + *size, 1, room - *size, file)) > 0;) {
    *size += n;
    if (*size > LARGEST_FILE) die("\"%s\" is larger than 2 GiB", path);
    if (*size == room && !(bytes = realloc(bytes, room *= 2))) die("out of memory");
  }
  if (ferror(file)) die("cannot read \"%s\"", path);
  fclose(file);
  return bytes;
}

static const char *base_name(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash ? slash + 1 : path;
}

static enum codec shelf_of(const char *name) {
  const char *ending = strrchr(name, '.');
  for (size_t i = 0; ending && i < sizeof SHELVES / sizeof *SHELVES; i++) {
    if (strcmp(SHELVES[i].ending, ending) == 0) return SHELVES[i].codec;
  }
  return DEFAULT_CODEC;
}

static void pack_one(FILE *archive, const char *path) {
  const char *name = base_name(path);
  size_t length = strlen(name), size;
  if (length == 0 || length > 255) die("cannot keep a file named \"%s\"", name);
  uint8_t *content = read_whole(path, &size);
  enum codec codec = shelf_of(name);
  size_t room = codec_bound(codec, size);
  uint8_t *packed = room_for(room);
  long filled = codec_pack(codec, content, size, packed, room);
  if (filled < 0) die("cannot compress \"%s\"", path);

  uint8_t header[HEADER] = {(uint8_t)codec, (uint8_t)length};
  put(header + 2, size, 8);
  put(header + 10, (uint64_t)filled, 8);
  put(header + 18, crc32_z(0, content, size), 4);
  fwrite(header, 1, HEADER, archive);
  fwrite(name, 1, length, archive);
  fwrite(packed, 1, (size_t)filled, archive);
  free(packed);
  free(content);
}

static void pack(const char *archive_path, char **paths) {
  FILE *archive = open_file(archive_path, "wb");
  fwrite(MAGIC, 1, sizeof MAGIC, archive);
  for (; *paths; paths++) pack_one(archive, *paths);
  close_written(archive, archive_path);
}

struct entry {
  enum codec codec;
  char name[256];
  uint64_t size, packed_size;
  uint32_t crc;
};

/* A name comes from a stranger: it may not lead anywhere but into the directory that was asked for. */
static int is_plain(const char *name, size_t length) {
  return length > 0 && strlen(name) == length && !strchr(name, '/') && strcmp(name, ".") && strcmp(name, "..");
}

/* Answers where the packed bytes begin. */
static const uint8_t *read_entry(const uint8_t *at, const uint8_t *end, struct entry *entry) {
  if (end - at < HEADER) die("the archive ends too early");
  size_t length = at[1];
  entry->codec = (enum codec)at[0];
  entry->size = get(at + 2, 8);
  entry->packed_size = get(at + 10, 8);
  entry->crc = (uint32_t)get(at + 18, 4);
  at += HEADER;
  if ((size_t)(end - at) < length || (uint64_t)(end - at) - length < entry->packed_size) die("the archive ends too early");
  memcpy(entry->name, at, length);
  entry->name[length] = '\0';
  if (!is_plain(entry->name, length)) die("an entry has the unsafe name \"%s\"", entry->name);
  if (!codec_known(entry->codec)) die("\"%s\" needs codec %d, which this pantry was built without", entry->name, entry->codec);
  if (entry->size > LARGEST_FILE) die("\"%s\" claims to be larger than 2 GiB", entry->name);
  return at + length;
}

static void unpack_one(const struct entry *entry, const uint8_t *packed, const char *dir) {
  uint8_t *content = room_for(entry->size);
  long filled = codec_unpack(entry->codec, packed, entry->packed_size, content, entry->size);
  if (filled < 0 || (uint64_t)filled != entry->size || crc32_z(0, content, entry->size) != entry->crc) {
    die("\"%s\" is damaged", entry->name);
  }
  char path[4096];
  if (snprintf(path, sizeof path, "%s/%s", dir, entry->name) >= (int)sizeof path) die("\"%s\" is too long a path", dir);
  FILE *file = open_file(path, "wb");
  fwrite(content, 1, entry->size, file);
  close_written(file, path);
  free(content);
}

/* Lists the archive, or unpacks it when there is a directory. */
static void walk(const char *archive_path, const char *dir) {
  size_t size;
  uint8_t *archive = read_whole(archive_path, &size);
  const uint8_t *end = archive + size, *at = archive + sizeof MAGIC;
  if (size < sizeof MAGIC || memcmp(archive, MAGIC, sizeof MAGIC) != 0) die("\"%s\" is not a pantry", archive_path);
  while (at < end) {
    struct entry entry;
    at = read_entry(at, end, &entry);
    if (dir) unpack_one(&entry, at, dir);
    else printf("%-5s %9llu -> %9llu  %s\n", codec_name(entry.codec), (unsigned long long)entry.size,
                (unsigned long long)entry.packed_size, entry.name);
    at += entry.packed_size;
  }
  free(archive);
}

int main(int argc, char **argv) {
  const char *command = argc > 1 ? argv[1] : "";
  if (strcmp(command, "pack") == 0 && argc > 3) pack(argv[2], argv + 3);
  else if (strcmp(command, "list") == 0 && argc == 3) walk(argv[2], NULL);
  else if (strcmp(command, "unpack") == 0 && argc == 4) walk(argv[2], argv[3]);
  else {
    fputs("usage: pantry pack ARCHIVE FILE...\n       pantry list ARCHIVE\n       pantry unpack ARCHIVE DIRECTORY\n", stderr);
    return 2;
  }
  return 0;
}
