/*
 * Model of waiting: a loop that sleeps on the bells of two peers, and the peers that publish and ring (kernels/ring/wait.ts).
 * Checked by test/litmus/model.test.ts, which also breaks it on purpose (the macros in capitals below). A lost wake-up is an
 * invalid end state: there is no timeout here. Every statement is one sequentially consistent access to shared memory.
 */
#define PEERS 2
#define ROUNDS 2

/* Of each peer: what it has published, and its bell. */
byte work[PEERS]
byte bell[PEERS]

/* The sleeper's region. */
bool asleep

/* The kernel's: whether the sleeper is queued on both bells. */
bool isQueued

proctype Peer(byte me) {
  byte round
  bool isNeeded
  do
  :: round == ROUNDS -> break
  :: else ->
    round++;
#ifdef LOOK_BEFORE_PUBLISH
    isNeeded = asleep;
    work[me] = round;
#else
    work[me] = round;
    isNeeded = asleep;
#endif
    if
    :: isNeeded ->
#ifndef NO_BELL
      bell[me] = bell[me] + 1;
#endif
      isQueued = false
    :: else
    fi
  od
}

proctype Sleeper() {
  byte done[PEERS], seen[PEERS]
  do
  :: done[0] == ROUNDS && done[1] == ROUNDS -> break
  :: else ->
    if
    :: done[0] != work[0] -> done[0] = work[0]
    :: done[1] != work[1] -> done[1] = work[1]
    :: else ->
#ifndef FLAG_AFTER_LOOK
      asleep = true;
#endif
#ifndef BELLS_AFTER_LOOK
      seen[0] = bell[0];
      seen[1] = bell[1];
#endif
      /* The last look, one ring after the other. */
      if
#ifndef NO_LAST_LOOK
      :: done[0] != work[0] -> goto awake
#endif
      :: else
      fi;
      if
#ifndef NO_LAST_LOOK
      :: done[1] != work[1] -> goto awake
#endif
      :: else
      fi;
#ifdef FLAG_AFTER_LOOK
      asleep = true;
#endif
#ifdef BELLS_AFTER_LOOK
      seen[0] = bell[0];
      seen[1] = bell[1];
#endif
      /* futex_waitv compares all words and queues in one step. */
      atomic {
        if
        :: bell[0] == seen[0] && bell[1] == seen[1] -> isQueued = true
        :: else -> goto awake
        fi
      };
      !isQueued;
awake:
      asleep = false
    fi
  od
}

init {
  atomic { run Sleeper(); run Peer(0); run Peer(1) }
}
