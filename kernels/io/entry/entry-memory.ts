/**
 * What a gateway's successor must know of the run's first connection and cannot derive: doubles in shared memory, zero at first.
 * A kernel that dies leaves them behind.
 */
export enum EntryMemory {
  /** Number of the first sequenced message of this run; 0 before the first login. */
  FirstSequence = 0,
  /** OUCH 5.0: the venue's next UserRefNum when the run first asked; 0 before the answer. */
  FirstUserRef = 1,
  /** OUCH 5.0: account queries sent; stored before each. */
  QueriesSent = 2,
  Count = 3,
}
