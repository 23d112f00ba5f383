/** What `FrameReader.next` found. */
export enum FrameStatus {
  /** No more frames; `damage` says whether the file ended as it should. */
  End = 0,
  /** The fields of the reader describe a frame. */
  Frame = 1,
  /** Something else than a frame was passed over: call again. */
  Skipped = 2,
  /** The source has too few bytes just now: call again later. */
  NotYet = -1,
}

/** Slots of `FrameReader.time`. */
export enum FrameTime {
  /** Seconds since the Unix epoch. */
  Seconds = 0,
  Nanos = 1,
}

/** The longest frame that is believed, as in libpcap (MAXIMUM_SNAPLEN). */
export const FRAME_BYTES_MAX = 262_144

/** Frames of a capture file, one at a time. The frame lies in the window and stays there until the next `next`. */
export interface FrameReader {
  /** The window's bytes, and where in them the frame lies. */
  readonly bytes: Uint8Array
  readonly frameAt: number
  /** Captured bytes. */
  readonly frameLength: number
  /** Bytes that were on the wire; more than captured where the snapshot length cut the frame. */
  readonly originalLength: number
  /** LINKTYPE_ value, see feeds/net/link-types.ts. */
  readonly linkType: number
  /** When the frame was captured, by `FrameTime`. */
  readonly time: Float64Array
  next(): FrameStatus
}
