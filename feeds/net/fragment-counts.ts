/** What became of the fragments of IP datagrams. */
export enum FragmentCount {
  /** Fragments, of either IP version. */
  Fragments = 0,
  /** Datagrams that became whole, and the fragments that they were made of. */
  Datagrams = 1,
  Used = 2,
  /** Fragments that came again with the same bytes' places. */
  Repeated = 3,
  /** Datagrams given up: not whole in time, for want of room, or because fragments of them overlap or contradict each other. */
  TimedOut = 4,
  Evicted = 5,
  Overlapping = 6,
  Contradicting = 7,
  /** Fragments that the capture cut, or of a length that a fragment cannot have. */
  Bad = 8,
  Count = 9,
}

/** Names in reports, by `FragmentCount`. */
export const FRAGMENT_COUNT_NAMES: readonly string[] = [
  'fragments',
  'datagrams',
  'used',
  'repeated',
  'timedOut',
  'evicted',
  'overlapping',
  'contradicting',
  'bad',
]
