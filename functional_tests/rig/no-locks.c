/*
 * A file system whose kernel has no locks, as some of the network and of user space: loaded before libc, it refuses locks
 * of open files, and answers what such a file system would.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>

#define LOCKLESS(name)                                                        \
  int name(int fd, int command, ...) {                                        \
    va_list rest;                                                             \
    va_start(rest, command);                                                  \
    void *argument = va_arg(rest, void *);                                    \
    va_end(rest);                                                             \
    if (command == F_OFD_SETLK || command == F_OFD_SETLKW || command == F_OFD_GETLK) \
      return errno = ENOLCK, -1;                                              \
    int (*real)(int, int, ...) = (int (*)(int, int, ...))dlsym(RTLD_NEXT, #name); \
    return real(fd, command, argument);                                       \
  }

LOCKLESS(fcntl)
LOCKLESS(fcntl64)
