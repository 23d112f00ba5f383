import { Undecoded } from '../net/undecoded.ts'

/** What a feed has read from its frames. Doubles: a day holds more than 2^31 bytes. */
export enum FeedCount {
  Packets = 0,
  /** Captured bytes of the frames. */
  FrameBytes = 1,
  /** Frames of which the capture holds less than was on the wire. */
  CutFrames = 2,
  /** UDP datagrams found. */
  Datagrams = 3,
  /** Frames stamped earlier than the one before of the same file. */
  TimeBackwards = 4,
  /** Files of packets that could not be opened when their time had come. */
  LateFiles = 5,
  Count = 6,
}

/** Times of frames, as seconds and nanoseconds since the Unix epoch. */
export enum FrameTimes {
  FirstSeconds = 0,
  FirstNanos = 1,
  LastSeconds = 2,
  LastNanos = 3,
  Count = 4,
}

/** Counters of a source's frames, for all of its files together. */
export class FeedCounts {
  readonly counts = new Float64Array(FeedCount.Count)
  readonly times = new Float64Array(FrameTimes.Count)
  /** Frames, datagrams and segments that were not decoded, by `Undecoded`. */
  readonly undecoded = new Float64Array(Undecoded.Count)
}
