import type { ByteSource } from './byte-source.ts'
import type { CaptureTime } from './first-frame.ts'
import type { RecognisedKind } from './recognise.ts'

/** A capture file that can be read. */
export interface CaptureFile {
  readonly path: string
  readonly recognised: RecognisedKind
  /** Size as stored. */
  readonly storedBytes: number
  /** When its first packet was captured: files of packets are merged by time. Unknown, it is read from the start on. */
  readonly firstTime?: CaptureTime | undefined
  /** Opens it; called when the file's turn comes. Throws CaptureError. */
  readonly open: () => ByteSource
}
