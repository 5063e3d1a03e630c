// Reads an Intel HEX file as a programmer would: every record is checked, and the pages of flash are listed that it covers.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { PAGE_BYTES = 1024, FLASH_BYTES = 64 * 1024, PAGES = FLASH_BYTES / PAGE_BYTES };
static const uint32_t FLASH_BASE = 0x08000000;

enum { DATA = 0, END = 1, SEGMENT_START = 3, UPPER_ADDRESS = 4, ENTRY = 5 };

static uint8_t flash[FLASH_BYTES];
static unsigned used[PAGES];

static void fail(int line, const char *problem) {
  fprintf(stderr, "hexmap: line %d: %s\n", line, problem);
  exit(1);
}

static void put(uint32_t address, uint8_t byte, int line) {
  if (address < FLASH_BASE || address - FLASH_BASE >= FLASH_BYTES) fail(line, "the address is outside of the flash");
  const uint32_t at = address - FLASH_BASE;
  flash[at] = byte;
  used[at / PAGE_BYTES]++;
}

static uint8_t read_byte(const char *text, int line) {
  unsigned value;
  if (sscanf(text, "%2x", &value) != 1) fail(line, "two hexadecimal digits are expected");
  return (uint8_t)value;
}

// A record is ":", its length, address and type, the data, and a byte that makes the sum of all zero.
static int read_record(const char *text, uint32_t *upper, int line) {
  if (text[0] != ':') fail(line, "a record begins with a colon");
  const uint8_t length = read_byte(text + 1, line);
  uint8_t bytes[5 + 255], sum = 0;
  for (int i = 0; i < length + 5; i++) sum += bytes[i] = read_byte(text + 1 + 2 * i, line);
  if (sum != 0) fail(line, "the sum is wrong: the file is damaged");
  const uint32_t address = *upper + (bytes[1] << 8 | bytes[2]);
  switch (bytes[3]) {
    case DATA:
      for (int i = 0; i < length; i++) put(address + i, bytes[4 + i], line);
      return 1;
    case UPPER_ADDRESS: *upper = (uint32_t)bytes[4] << 24 | (uint32_t)bytes[5] << 16; return 1;
    case SEGMENT_START:
    case ENTRY: return 1;
    case END: return 0;
    default: fail(line, "the type of the record is unknown");
  }
  return 0;
}

// CRC-32 as the boot loader computes it: what has not been written is 0xff.
static uint32_t crc32(const uint8_t *data, size_t length) {
  uint32_t crc = 0xffffffff;
  while (length--) {
    crc ^= *data++;
    for (int bit = 0; bit < 8; bit++) crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc;
}

int main(int argc, char **argv) {
  FILE *file = argc == 2 ? fopen(argv[1], "r") : NULL;
  if (!file) {
    fprintf(stderr, "Usage: hexmap FILE.hex\n");
    return 2;
  }
  for (int i = 0; i < FLASH_BYTES; i++) flash[i] = 0xff;
  char text[600];
  uint32_t upper = 0;
  int line = 1;
  for (;; line++) {
    if (!fgets(text, sizeof text, file)) fail(line, "the file ends before its last record");
    if (!read_record(text, &upper, line)) break;
  }
  unsigned total = 0;
  for (int page = 0; page < PAGES; page++) {
    if (used[page] == 0) continue;
    const uint8_t *data = flash + page * PAGE_BYTES;
    printf("0x%08x %4u bytes  crc %08x\n", FLASH_BASE + page * PAGE_BYTES, used[page], crc32(data, PAGE_BYTES));
    total += used[page];
  }
  printf("%u bytes\n", total);
  return 0;
}
