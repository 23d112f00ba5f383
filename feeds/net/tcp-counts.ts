/** What happened to the TCP streams of a source. */
export enum TcpCount {
  /** Segments, with bytes or without. */
  Segments = 0,
  /** Directions of connections of which the first byte is there. */
  Beginnings = 1,
  /** Directions that were taken up in the middle. */
  MidStreamStarts = 2,
  /** Bytes that came again: retransmitted or overlapping. Policy: those that came first are used. */
  RepeatedBytes = 3,
  /** Segments that came ahead of bytes before them. */
  OutOfOrder = 4,
  /** Bytes that never came: given up after a bound. */
  Holes = 5,
  HoleBytes = 6,
  /** Bytes that came and were not handed out: before a hole, at a reset, or for want of room. */
  DroppedBytes = 7,
  /** Streams that lost their buffer to another one. */
  Evicted = 8,
  /** Segments of which the capture holds less than was on the wire. */
  CutSegments = 9,
  /** Sequence numbers too far away to belong to the stream: it was begun anew. */
  Restarts = 10,
  Resets = 11,
  Count = 12,
}

/** Names in reports, by `TcpCount`. */
export const TCP_COUNT_NAMES: readonly string[] = [
  'segments',
  'beginnings',
  'midStreamStarts',
  'repeatedBytes',
  'outOfOrder',
  'holes',
  'holeBytes',
  'droppedBytes',
  'evicted',
  'cutSegments',
  'restarts',
  'resets',
]
