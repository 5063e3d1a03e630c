/*
 * A machine that misbehaves, for galley or for the processes that copy its outputs and for nobody else: loaded before
 * libc, it fails, slows or falsifies calls on files whose path has a given part, and sets the clock.
 *
 * FAULT="program call kind number after times part", for example "courier.mjs fsync errno 5 0 2 /out/": the first two
 * syncs below /out/ are EIO.
 *   program  part of the command line of the processes that are meant
 *   call     open (for reading), create (for writing), read, write, truncate, fsync, rename, link, mkdir, remove, list,
 *            mode; any is all of them
 *   kind     errno (number: which), slow (number: microseconds), flip (the first byte of each answer differs)
 *   after    how many calls go well first
 *   times    how many do not; 0: all
 * CLOCK_JUMP="milliseconds seconds": so long after its start the same program sees a clock that is set by so much.
 */
#define _GNU_SOURCE
#include <dirent.h>
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
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static char call_[16], kind_[16], part_[512];
static long number_, after_, times_;
static long jump_at_ms, jump_s;

#define REAL(name) \
  static __typeof__(name) *real; \
  if (real == NULL) real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

static long monotonic_ms(void) {
  struct timespec now;
  syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

__attribute__((constructor)) static void setup(void) {
  char line[4096] = "", program[64] = "";
  const char *fault = getenv("FAULT"), *jump = getenv("CLOCK_JUMP");
  int fd = open("/proc/self/cmdline", O_RDONLY);
  ssize_t size = read(fd, line, sizeof line - 1);
  close(fd);
  for (ssize_t at = 0; at < size; at++)
    if (line[at] == '\0') line[at] = ' ';
  if (jump != NULL && strstr(line, "galley.js") != NULL) {
    if (sscanf(jump, "%ld %ld", &jump_at_ms, &jump_s) != 2) abort();
    jump_at_ms += monotonic_ms();
  }
  if (fault == NULL || sscanf(fault, "%63s", program) != 1 || strstr(line, program) == NULL) return;
  int read_ = sscanf(fault, "%*s %15s %15s %ld %ld %ld %511s", call_, kind_, &number_, &after_, &times_, part_);
  if (read_ != 6) abort();
}

/* Calls so far, of all processes: each adds a byte to one file. */
static long count(void) {
  struct stat stats = {0};
  int fd = (int)syscall(SYS_openat, AT_FDCWD, getenv("FAULT_COUNT"), O_WRONLY | O_CREAT | O_APPEND, 0644);
  syscall(SYS_write, fd, "", 1);
  fstat(fd, &stats);
  syscall(SYS_close, fd);
  return stats.st_size;
}

static int is_called(const char *call) {
  return strcmp(call, call_) == 0 || (strcmp("any", call_) == 0 && strcmp("errno", kind_) == 0);
}

/* What is reached through an open directory (/proc/self/fd/7/name) is meant by the path of that. */
static int is_path(const char *path) {
  char dir[4096] = "", door[64] = "";
  const char *rest = path;
  int length = 0;
  if (sscanf(path, "/proc/self/fd/%*d%n", &length) == 0 && length > 0 && length < (int)sizeof door) {
    memcpy(door, path, (size_t)length);
    if (readlink(door, dir, sizeof dir - 1) > 0) rest = path + length;
  }
  strncat(dir, rest, sizeof dir - strlen(dir) - 1);
  return strstr(dir, part_) != NULL;
}

static int is_meant(const char *call, const char *path) {
  if (!is_called(call) || !is_path(path)) return 0;
  if (after_ == 0 && times_ == 0) return 1;
  long number = count() - after_;
  return number > 0 && (times_ == 0 || number <= times_);
}

static int is_meant_fd(const char *call, int fd) {
  char link[64], path[4096] = "";
  if (!is_called(call)) return 0;
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

ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t offset) {
  REAL(pwrite64);
  return is_meant_fd("write", fd) && spoil() ? -1 : real(fd, bytes, size, offset);
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
  REAL(writev);
  return is_meant_fd("write", fd) && spoil() ? -1 : real(fd, parts, count);
}

int ftruncate64(int fd, off64_t size) {
  REAL(ftruncate64);
  return is_meant_fd("truncate", fd) && spoil() ? -1 : real(fd, size);
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

int fdatasync(int fd) {
  REAL(fdatasync);
  return is_meant_fd("fsync", fd) && spoil() ? -1 : real(fd);
}

int ioctl(int fd, unsigned long request, ...) {
  REAL(ioctl);
  va_list rest;
  va_start(rest, request);
  void *argument = va_arg(rest, void *);
  va_end(rest);
  if (request == FICLONE && is_called("write")) return errno = EOPNOTSUPP, -1;
  return real(fd, request, argument);
}

static int is_spoilt_open(const char *path, int flags) {
  int reads = (flags & (O_ACCMODE | O_CREAT)) == O_RDONLY;
  return is_meant(reads ? "open" : "create", path) && spoil();
}

int open64(const char *path, int flags, ...) {
  REAL(open64);
  va_list rest;
  va_start(rest, flags);
  int mode = va_arg(rest, int);
  va_end(rest);
  return is_spoilt_open(path, flags) ? -1 : real(path, flags, mode);
}

int open(const char *path, int flags, ...) {
  REAL(open);
  va_list rest;
  va_start(rest, flags);
  int mode = va_arg(rest, int);
  va_end(rest);
  return is_spoilt_open(path, flags) ? -1 : real(path, flags, mode);
}

int rename(const char *from, const char *to) {
  REAL(rename);
  return (is_meant("rename", from) || is_meant("rename", to)) && spoil() ? -1 : real(from, to);
}

int link(const char *from, const char *to) {
  REAL(link);
  return is_meant("link", to) && spoil() ? -1 : real(from, to);
}

int symlink(const char *target, const char *path) {
  REAL(symlink);
  return is_meant("link", path) && spoil() ? -1 : real(target, path);
}

int mkdir(const char *path, mode_t mode) {
  REAL(mkdir);
  return is_meant("mkdir", path) && spoil() ? -1 : real(path, mode);
}

int unlink(const char *path) {
  REAL(unlink);
  return is_meant("remove", path) && spoil() ? -1 : real(path);
}

int rmdir(const char *path) {
  REAL(rmdir);
  return is_meant("remove", path) && spoil() ? -1 : real(path);
}

int chmod(const char *path, mode_t mode) {
  REAL(chmod);
  return is_meant("mode", path) && spoil() ? -1 : real(path, mode);
}

int fchmod(int fd, mode_t mode) {
  REAL(fchmod);
  return is_meant_fd("mode", fd) && spoil() ? -1 : real(fd, mode);
}

int scandir64(const char *path, struct dirent64 ***names, int (*filter)(const struct dirent64 *),
              int (*compare)(const struct dirent64 **, const struct dirent64 **)) {
  REAL(scandir64);
  return is_meant("list", path) && spoil() ? -1 : real(path, names, filter, compare);
}

static long jumped_s(void) {
  return jump_s != 0 && monotonic_ms() >= jump_at_ms ? jump_s : 0;
}

int clock_gettime(clockid_t id, struct timespec *now) {
  int answer = (int)syscall(SYS_clock_gettime, id, now);
  if (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE) now->tv_sec += jumped_s();
  return answer;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
  int answer = (int)syscall(SYS_gettimeofday, now, zone);
  now->tv_sec += jumped_s();
  return answer;
}

time_t time(time_t *into) {
  struct timeval now;
  gettimeofday(&now, NULL);
  if (into != NULL) *into = now.tv_sec;
  return now.tv_sec;
}
