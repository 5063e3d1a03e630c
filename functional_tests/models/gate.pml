/*
 * How one thing in the cache is used by runs and removed by collectors: src/cache/use.ts, collect.ts, decision 0023.
 * Leases and the gate are locks of the kernel, which lock.pml is about: here they are taken in one step, and are gone with
 * their process.
 *
 *   RUNS, COLLECTORS   how many there are
 *   KILLS              how many of them die, at any step; the dead start again
 *
 * With PLANT_… one thing is done wrong, and the checker must see it: functional_tests/models.test.ts.
 */
#ifndef RUNS
#define RUNS 2
#endif
#ifndef COLLECTORS
#define COLLECTORS 1
#endif
#ifndef KILLS
#define KILLS 1
#endif

#define N (RUNS + COLLECTORS)

bool exists;                /* the thing is at its place */
bool lease[N + 1];          /* a living run says that it uses it */
bool project[N + 1];        /* the project of a run says so */
bool relies[N + 1];         /* somebody has seen it there, and will look no more */
byte gate;                  /* who has the lock */
bool shut;                  /* its file is there */
bool killed[N + 1];
byte kills;

inline shut_gate(me) {
  atomic { gate == 0 -> gate = me; shut = true }
}

inline open_gate(me) {
  shut = false;
  gate = 0
}

inline say(me) {
  lease[me] = true
}

#ifdef PLANT_NO_WAIT
#define MUST_WAIT false
#else
#define MUST_WAIT shut
#endif

inline pass(me) {
  if
  :: MUST_WAIT -> shut_gate(me); open_gate(me)
  :: else
  fi
}

proctype run_of(byte me) {
again:
  {
#ifdef PLANT_LOOK_FIRST
    if
    :: exists -> relies[me] = true
    :: else
    fi;
    say(me);
    pass(me);
#else
    say(me);
    pass(me);
    if
    :: exists -> relies[me] = true
    :: else
    fi;
#endif
    /* a miss: it makes the thing, under the lease */
    if
    :: !relies[me] -> atomic { exists = true; relies[me] = true }
    :: else
    fi;
    /* a run that goes well hands over to its project, whose launchers rely on it; another says no more */
    if
    :: true ->
#ifdef PLANT_LEASE_ENDS_FIRST
      lease[me] = false;
      project[me] = true;
#else
      project[me] = true;
      lease[me] = false;
#endif
      atomic { relies[me] = false; project[me] = false }
    :: true ->
      atomic { relies[me] = false; lease[me] = false }
    fi;
    goto again
  } unless { atomic { killed[me] -> killed[me] = false; goto again } }
}

/* Each lease is read by itself. */
inline read_leases() {
  do
  :: p > RUNS -> break
  :: p <= RUNS && lease[p] -> used = true; p++
  :: p <= RUNS && !lease[p] -> p++
  od;
  p = 1
}

inline read_projects() {
  do
  :: p > RUNS -> break
  :: p <= RUNS && project[p] -> used = true; p++
  :: p <= RUNS && !project[p] -> p++
  od;
  p = 1
}

proctype collector(byte me) {
  byte p;
  bool used;
again:
  {
    used = false;
    p = 1;
#ifdef PLANT_READ_OUTSIDE
    read_leases();
#endif
    shut_gate(me);
#ifdef PLANT_PROJECTS_FIRST
    read_projects();
#endif
#ifndef PLANT_READ_OUTSIDE
    read_leases();
#endif
#ifndef PLANT_PROJECTS_FIRST
    read_projects();
#endif
    if
    :: !used -> exists = false
    :: else
    fi;
    open_gate(me);
    goto again
  } unless { atomic { killed[me] -> killed[me] = false; goto again } }
}

inline kill(p) {
  d_step {
    killed[p] = true; kills++;
    lease[p] = false; relies[p] = false; project[p] = false;
    if
    :: gate == p -> gate = 0
    :: else
    fi
  }
}

proctype world() {
  byte victim;
end:
  do
  :: kills < KILLS -> atomic { select(victim : 1 .. N); !killed[victim] -> kill(victim); victim = 0 }
  od
}

/* What somebody relies on is there. */
proctype witness() {
end:
  atomic { !exists && (relies[1] || (RUNS > 1 && relies[RUNS])) -> assert(false) }
}

init {
  byte p = 1;
  atomic {
    run world();
    run witness();
    do
    :: p > N -> break
    :: p <= RUNS -> run run_of(p); p++
    :: else -> run collector(p); p++
    od
  }
}
