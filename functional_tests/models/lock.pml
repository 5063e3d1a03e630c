/*
 * The lock of src/system/lock*.ts, one statement for each system call. Who is what:
 *
 *   KERNELS       processes that have the kernel's locks, with the directory beside them (unless
 *                 NO_DIRECTORY)
 *   DIRECTORIES   processes that have the directory alone, as on musl or where the file system has no locks
 *   KILLS         how many of them die, at any step; the dead start again as somebody else
 *   STALLS        directories grow old while their makers live: stopped processes, blocked event loops, jumping clocks
 *   NO_AGE        directories never grow old: nothing may wait for that
 *
 * With PLANT_… one thing is done wrong, and the checker must see it: functional_tests/models.test.ts.
 */
#ifndef KERNELS
#define KERNELS 2
#endif
#ifndef DIRECTORIES
#define DIRECTORIES 0
#endif
#ifndef KILLS
#define KILLS 1
#endif

#define N (KERNELS + DIRECTORIES)
/* Each process has at most two files open, and one has the name. */
#define INODES (2 * N + 1)
#define NOBODY 0
#define DEAD 99

byte name;                  /* the inode that the lock's name leads to, 0 when there is none */
byte fd[N + 1];             /* the lock file that a process has open */
byte reading[N + 1];        /* the one it reads the record of */
byte holder[INODES + 1];    /* of the kernel's lock */
byte record[INODES + 1];    /* what the file says */
byte dir;                   /* who made the directory */
bool old;                   /* its time is past the stale limit */
bool inside[N + 1];         /* in the critical section */
byte insiders;
bool killed[N + 1];
byte kills;

inline create(me) {
  d_step {
    byte free = 1;
    byte p = 1;
    do
    :: p > N -> break
    :: p <= N && (fd[p] == free || reading[p] == free) -> free++; p = 1
    :: else -> p++
    od;
    assert(free <= INODES);
    name = free;
    free = 0;
    p = 0
  }
}

/* open(O_CREAT) */
inline open_file(me) {
  atomic {
    if
    :: name == 0 -> create(me)
    :: else
    fi;
    fd[me] = name
  }
}

/* A file without a name that nobody has open is gone: only this keeps the number of states small. */
inline tidy() {
  byte i = 1;
  byte p = 1;
  do
  :: i > INODES -> break
  :: i <= INODES && p > N -> record[i] = NOBODY; i++; p = 1
  :: i <= INODES && p <= N && (name == i || fd[p] == i || reading[p] == i) -> i++; p = 1
  :: else -> p++
  od;
  i = 0;
  p = 0
}

/* close: with the last descriptor goes the kernel's lock */
inline close_file(me) {
  d_step {
    if
    :: holder[fd[me]] == me -> holder[fd[me]] = NOBODY
    :: else
    fi;
    fd[me] = 0;
    tidy()
  }
}

inline unlink_name() {
  d_step { name = 0; tidy() }
}

inline rmdir() {
  d_step { dir = NOBODY; old = false }
}

/* open and read, which are two steps: the file may be another's by then */
#define READ(seen) d_step { seen = (reading[me] == 0 -> NOBODY : record[reading[me]]); reading[me] = 0; tidy() }

inline enter(me) {
  d_step { inside[me] = true; insiders++; assert(insiders <= 1) }
}

inline leave(me) {
  d_step { inside[me] = false; insiders-- }
}

/* mkdir; when it is there and old: rmdir, and mkdir once more, as proper-lockfile does */
#define MKDIR atomic { dir == NOBODY -> dir = me; old = false }

/* who comes in has the name */
#define ENTER_NAMED d_step { assert(name == fd[me]); inside[me] = true; insiders++; assert(insiders <= 1) }

proctype with_kernel(byte me) {
  byte seen;
again:
  {
    open_file(me);
    if
    :: atomic { holder[fd[me]] == NOBODY -> holder[fd[me]] = me }
    :: else -> close_file(me); goto again
    fi;
#ifndef PLANT_NO_INODE_CHECK
    if
    :: name == fd[me]
    :: else -> close_file(me); goto again
    fi;
#endif
#ifndef NO_DIRECTORY
look:
    if
    :: dir != NOBODY ->
      reading[me] = name;
      atomic {
        READ(seen);
        if
        :: seen == DEAD -> seen = 0; goto leftover
        :: seen == NOBODY || seen == me -> seen = 0
        :: else -> seen = 0; goto wait
        fi
      };
      goto make;
leftover:
      rmdir()
    :: else
    fi;
make:
#ifndef PLANT_RECORD_LAST
    if
    :: dir == NOBODY ->
#ifdef PLANT_RENAMED_RECORD
      create(me);
#endif
      record[fd[me]] = me
    :: else
    fi;
#endif
    if
    :: MKDIR
    :: else ->
      if
      :: old ->
        rmdir();
        if
        :: MKDIR
        :: else -> goto withdraw
        fi
      :: else -> goto withdraw
      fi
    fi;
#endif
    record[fd[me]] = me;
#if !defined(NO_DIRECTORY) && !defined(PLANT_NO_SECOND_CHECK)
    if
    :: atomic { name == fd[me] -> ENTER_NAMED }
    :: else -> rmdir(); close_file(me); goto again
    fi;
#else
    ENTER_NAMED;
#endif
progress:
#if DIRECTORIES == 0
    /* who is inside has the name: whoever opens it meets the lock. Others may take it away, but not let anybody in. */
    assert(name == fd[me]);
#endif
    leave(me);
#ifndef NO_DIRECTORY
    rmdir();
#endif
#ifdef PLANT_UNLOCK_FIRST
    close_file(me);
    unlink_name();
#else
    if
    :: name == fd[me] -> unlink_name()
    :: else
    fi;
    close_file(me);
#endif
    goto again;
#ifndef NO_DIRECTORY
withdraw:
    if
    :: record[fd[me]] == me -> record[fd[me]] = NOBODY
    :: else
    fi;
    goto wait;
#endif
#ifndef NO_DIRECTORY
wait:
    if
    :: goto look
    :: /* cancelled */
      reading[me] = name;
      atomic {
        READ(seen);
        if
        :: seen == NOBODY || seen == me -> seen = 0
        :: else -> seen = 0; goto keep
        fi
      };
      if
      :: name == fd[me] -> unlink_name()
      :: else
      fi;
keep:
      close_file(me)
    fi;
    goto again
#endif
  } unless { atomic { killed[me] -> killed[me] = false; goto again } }
}

proctype with_directory(byte me) {
  byte seen;
again:
  {
    if
    :: MKDIR
    :: else ->
      if
      :: old ->
        rmdir();
        if
        :: MKDIR
        :: else -> goto again
        fi
      :: else -> goto again
      fi
    fi;
    open_file(me);
    record[fd[me]] = me;
    close_file(me);
    enter(me);
progress:
    leave(me);
    reading[me] = name;
    atomic {
      READ(seen);
      if
      :: seen == me -> seen = 0
      :: else -> seen = 0; goto robbed
      fi
    };
    unlink_name();
robbed:
    rmdir();
    goto again
  } unless { atomic { killed[me] -> killed[me] = false; goto again } }
}

/* SIGKILL: what the kernel had for it is gone, what it wrote is of somebody dead */
inline kill(p) {
  d_step {
    killed[p] = true; kills++;
    close_file(p);
    reading[p] = 0;
    if
    :: inside[p] -> inside[p] = false; insiders--
    :: else
    fi;
    byte i = 1;
    do
    :: i > INODES -> break
    :: i <= INODES && record[i] == p -> record[i] = DEAD; i++
    :: else -> i++
    od;
    i = 0;
    if
    :: dir == p -> dir = DEAD
    :: else
    fi
  }
}

proctype world() {
  byte victim;
end:
  do
  :: kills < KILLS -> atomic { select(victim : 1 .. N); !killed[victim] -> kill(victim) }
#ifdef STALLS
  :: atomic { dir != NOBODY && !old -> old = true }
#endif
#ifndef NO_AGE
  :: atomic { dir == DEAD && !old -> old = true }
#endif
  od
}

init {
  byte p = 1;
  atomic {
    run world();
    do
    :: p > N -> break
    :: p <= KERNELS -> run with_kernel(p); p++
    :: else -> run with_directory(p); p++
    od
  }
}
