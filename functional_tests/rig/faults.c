/*
 * A disk that misbehaves, for the processes that copy outputs and for no other: loaded before libc, it fails, slows or
 * falsifies calls on files whose path has a given part.
 *
 * FAULT="call kind number times part", for example "fsync errno 5 2 /out/": the first two syncs below /out/ are EIO.
 *   call   open (for reading), read, write (slow only: what writes falls back on another call when it fails), fsync
 *   kind   errno (number: which), slow (number: microseconds), flip (the first byte of each answer differs)
 *   times  how often; 0: always
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static char call_[16], kind_[16], part_[512];
static long number_, times_;

__attribute__((constructor)) static void setup(void) {
  char line[4096] = "";
  const char *fault = getenv("FAULT");
  int fd = open("/proc/self/cmdline", O_RDONLY);
  ssize_t size = read(fd, line, sizeof line - 1);
  close(fd);
  for (ssize_t at = 0; at < size; at++)
    if (line[at] == '\0') line[at] = ' ';
  if (fault == NULL || strstr(line, "courier.mjs") == NULL) return;
  if (sscanf(fault, "%15s %15s %ld %ld %511s", call_, kind_, &number_, &times_, part_) != 5) abort();
}

/* Calls so far, of all processes: each adds a byte to one file. */
static long count(void) {
  struct stat stats = {0};
  int fd = (int)syscall(SYS_openat, AT_FDCWD, getenv("FAULT_COUNT"), O_WRONLY | O_CREAT | O_APPEND, 0644);
  syscall(SYS_write, fd, "", 1);
  fstat(fd, &stats);
  close(fd);
  return stats.st_size;
}

static int is_meant(const char *call, const char *path) {
  if (strcmp(call, call_) != 0 || strstr(path, part_) == NULL) return 0;
  return times_ == 0 || count() <= times_;
}

static int is_meant_fd(const char *call, int fd) {
  char link[64], path[4096] = "";
  if (strcmp(call, call_) != 0) return 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  if (readlink(link, path, sizeof path - 1) < 0) return 0;
  return is_meant(call, path);
}

/* 1 when the call must not happen, with errno set. */
static int spoil(void) {
  if (strcmp(kind_, "slow") == 0) usleep((useconds_t)number_);
  if (strcmp(kind_, "errno") != 0) return 0;
  errno = (int)number_;
  return 1;
}

static ssize_t falsify(ssize_t got, void *bytes) {
  if (got > 0 && strcmp(kind_, "flip") == 0) ((char *)bytes)[0] ^= 1;
  return got;
}

#define REAL(name) __typeof__(name) *real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

ssize_t read(int fd, void *bytes, size_t size) {
  REAL(read);
  if (!is_meant_fd("read", fd)) return real(fd, bytes, size);
  return spoil() ? -1 : falsify(real(fd, bytes, size), bytes);
}

ssize_t pread64(int fd, void *bytes, size_t size, off64_t offset) {
  REAL(pread64);
  if (!is_meant_fd("read", fd)) return real(fd, bytes, size, offset);
  return spoil() ? -1 : falsify(real(fd, bytes, size, offset), bytes);
}

ssize_t write(int fd, const void *bytes, size_t size) {
  REAL(write);
  return is_meant_fd("write", fd) && spoil() ? -1 : real(fd, bytes, size);
}

/* Copies that the kernel makes are written, too; shared blocks would not be. */
long syscall(long number, ...) {
  REAL(syscall);
  va_list rest;
  va_start(rest, number);
  long a[6];
  for (int at = 0; at < 6; at++) a[at] = va_arg(rest, long);
  va_end(rest);
  if (number == SYS_copy_file_range && is_meant_fd("write", (int)a[2]) && spoil()) return -1;
  return real(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

int fsync(int fd) {
  REAL(fsync);
  return is_meant_fd("fsync", fd) && spoil() ? -1 : real(fd);
}

int ioctl(int fd, unsigned long request, ...) {
  REAL(ioctl);
  va_list rest;
  va_start(rest, request);
  void *argument = va_arg(rest, void *);
  va_end(rest);
  if (request == FICLONE && strcmp(call_, "write") == 0) return errno = EOPNOTSUPP, -1;
  return real(fd, request, argument);
}

int open64(const char *path, int flags, ...) {
  REAL(open64);
  va_list rest;
  va_start(rest, flags);
  int mode = va_arg(rest, int);
  va_end(rest);
  int reads = (flags & O_ACCMODE) == O_RDONLY;
  return reads && is_meant("open", path) && spoil() ? -1 : real(path, flags, mode);
}
