/*
 * Model of the ring: publish, gating by cursor, epoch and membership, the join of a late consumer, takeover of a dead
 * producer and of a dead consumer, observers and claim (docs/ring-protocol.md; kernels/ring). Checked by
 * test/litmus/model.test.ts, which also breaks it on purpose (the macros in capitals below) and expects an error.
 *
 * Left out: padding (a record is one word here), modulo arithmetic (positions do not wrap), the marks. Every statement is
 * one access to shared memory, all sequentially consistent: atomics are; payload is ordered by the x64 rules, which the
 * litmus suite checks.
 *
 * A record's content is its position plus one, in two halves, so that reading it torn or overwritten shows.
 */
#ifndef RECORDS
#define RECORDS 5
#endif
#define CAPACITY 2
#define SLOT(position) ((position) % CAPACITY)

/* The producer's region. */
byte tail
byte claim
byte first[CAPACITY]
byte second[CAPACITY]

/* The consumer's region. */
byte cursor
byte epoch

/* The supervisor's region: the least epoch whose cursor counts. */
byte membership = 1

/* 1 once a life of the consumer has ended, by death or with all records read. */
bool isDead
byte producerDeaths
byte consumerDeaths

#ifdef NO_EPOCH_RULE
#define DOES_NOT_GATE (membership == 0 || epoch == 0)
#else
#define DOES_NOT_GATE (membership == 0 || epoch == 0 || epoch < membership)
#endif

inline reckonRoom() {
  least = membership;
  counted = epoch;
  limit = tail + CAPACITY;
  if
#ifdef NO_EPOCH_RULE
  :: least == 0 || counted == 0 -> skip
#else
  :: least == 0 || counted == 0 || counted < least -> skip
#endif
  :: else ->
    at = cursor;
    if
    :: at < tail -> limit = at + CAPACITY
    :: else -> skip
    fi
  fi
}

#define MAY_DIE if :: producerDeaths < 1 -> producerDeaths++; goto attach :: skip fi

proctype Producer() {
  byte head, limit, least, counted, at
attach:
  head = tail;
  limit = tail;
  do
  :: tail == RECORDS -> break
  :: head < RECORDS && head < limit ->
#ifdef CLAIM_AFTER_WRITE
    first[SLOT(head)] = head + 1;
    if :: claim < head + 1 -> claim = head + 1 :: else fi;
#else
    if :: claim < head + 1 -> claim = head + 1 :: else fi;
    MAY_DIE;
    first[SLOT(head)] = head + 1;
#endif
    MAY_DIE;
    second[SLOT(head)] = head + 1;
    MAY_DIE;
    head++
  /* Looks again when it can pay: a producer that is held back for ever is an invalid end state. */
  :: head < RECORDS && head >= limit && (DOES_NOT_GATE || cursor + CAPACITY > head) && tail + CAPACITY > head ->
    reckonRoom()
  :: head > tail ->
    tail = head;
    MAY_DIE
  od
}

proctype Consumer(byte mine; bool isJoin) {
  byte position
  if
  :: isJoin ->
    position = tail;
    cursor = position;
    epoch = mine
#ifndef NO_SECOND_READ
    ;
    position = tail;
    cursor = position
#endif
  :: else ->
    position = cursor;
    epoch = mine
  fi;
  do
  :: position == RECORDS -> break
  :: position < tail ->
    assert(first[SLOT(position)] == position + 1);
    assert(second[SLOT(position)] == position + 1);
    position++
  :: cursor < position -> cursor = position
#ifdef RELEASE_BEFORE_READ
  :: cursor == position && position < tail -> cursor = position + 1
#endif
  :: consumerDeaths < 1 -> consumerDeaths++; isDead = true; goto dead
  od;
  cursor = position;
dead:
  skip
}

proctype Observer() {
  byte position, one, two
  do
  :: position == RECORDS -> break
  :: position < tail ->
    one = first[SLOT(position)];
    two = second[SLOT(position)];
    if
#ifndef NO_CLAIM_CHECK
    :: claim > position + CAPACITY -> position = tail
#endif
    :: else ->
      assert(one == position + 1 && two == position + 1);
      position++
    fi
  od
}

/* After a death: the cursor goes on gating for a successor, or is given up, and a successor joins or none comes. */
proctype Supervisor() {
end:
  isDead;
  if
  :: run Consumer(2, false)
  :: membership = 2; run Consumer(2, true)
  :: membership = 2
  fi
}

init {
  atomic {
    if
    :: epoch = 1; run Consumer(1, false)
    :: run Consumer(1, true)
    fi;
    run Producer();
#ifdef WITH_OBSERVER
    run Observer();
#endif
    run Supervisor()
  }
}
