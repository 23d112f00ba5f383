import type { ByteSource } from './byte-source.ts'
import { ByteWindow } from './byte-window.ts'
import { DamageLog } from './damage.ts'
import { type FrameReader, FrameStatus, FrameTime } from './frame-reader.ts'
import { PcapReader } from './pcap-reader.ts'
import { PcapNgReader } from './pcapng-reader.ts'
import { CaptureKind } from './recognise.ts'

/** A moment since the Unix epoch. */
export interface CaptureTime {
  readonly seconds: number
  readonly nanos: number
}

/** Used again for each file: it is larger than most of what is read through it. */
let scratch: ByteWindow | undefined

/** The reader of a capture's kind. */
export function createFrameReader(kind: CaptureKind, window: ByteWindow, damage: DamageLog): FrameReader {
  return kind === CaptureKind.Pcap ? new PcapReader(window, damage) : new PcapNgReader(window, damage)
}

/**
 * When the first frame of a capture of packets was captured.
 * @param source gives the file's first bytes, and is not closed
 * @returns undefined when it gives no frame, or one without a time
 */
export function findFirstFrame(kind: CaptureKind, source: ByteSource): CaptureTime | undefined {
  scratch ??= new ByteWindow()
  scratch.open(source)
  const reader = createFrameReader(kind, scratch, new DamageLog())
  for (;;) {
    const status = reader.next()
    if (status === FrameStatus.Skipped) continue
    const seconds = reader.time[FrameTime.Seconds]!
    if (status !== FrameStatus.Frame || seconds === 0) return undefined
    return { seconds, nanos: reader.time[FrameTime.Nanos]! }
  }
}
