import { readI32 } from '../itch50/wire.ts'
import { type ByteWindow, Need } from './byte-window.ts'
import { Damage, type DamageLog } from './damage.ts'
import { FRAME_BYTES_MAX, type FrameReader, FrameStatus, FrameTime } from './frame-reader.ts'
import { PcapMagic } from './recognise.ts'

/**
 * Classic pcap. Source: IETF draft-ietf-opsawg-pcap, sections 4 "File Header" and 5 "Packet Record".
 *
 *     file header    0 magic  4 major u16  6 minor u16  8 reserved  12 reserved  16 snaplen  20 FCS + link type
 *     packet record  0 seconds  4 fraction  8 captured length  12 original length  16 frame …
 *
 * The magic tells byte order and unit of the fraction (micro- or nanoseconds).
 */
enum PcapHeader {
  LinkType = 20,
  Bytes = 24,
}

enum PcapRecord {
  Seconds = 0,
  Fraction = 4,
  CapturedLength = 8,
  OriginalLength = 12,
  Bytes = 16,
}

/** The upper bits of the link type word tell of a frame check sequence. */
const LINK_TYPE_MASK = 0xffff

/**
 * Reads classic pcap. Policy on a captured length above FRAME_BYTES_MAX: the record boundaries are lost and the format
 * has no marks to find them again, so reading ends there; counted as `corruptLength` with its offset.
 */
export class PcapReader implements FrameReader {
  readonly bytes: Uint8Array
  frameAt = 0
  frameLength = 0
  originalLength = 0
  linkType = 0
  readonly time = new Float64Array(2)
  readonly #window: ByteWindow
  readonly #damage: DamageLog
  #hasHeader = false
  #hasEnded = false
  #isLittle = false
  #nanosPerUnit = 1

  constructor(window: ByteWindow, damage: DamageLog) {
    this.#window = window
    this.bytes = window.u8
    this.#damage = damage
  }

  next(): FrameStatus {
    if (this.#hasEnded) return FrameStatus.End
    if (!this.#hasHeader) {
      const status = this.#readHeader()
      if (status !== FrameStatus.Skipped) return status
    }
    const window = this.#window
    let status = window.need(PcapRecord.Bytes)
    if (status !== Need.Ready) return this.#end(status)
    const length = this.#u32(PcapRecord.CapturedLength)
    if (length < 0 || length > FRAME_BYTES_MAX) return this.#fail()
    status = window.need(PcapRecord.Bytes + length)
    if (status !== Need.Ready) return this.#end(status)
    const original = this.#u32(PcapRecord.OriginalLength)
    this.originalLength = Math.max(original, length)
    const nanos = (this.#u32(PcapRecord.Fraction) >>> 0) * this.#nanosPerUnit
    if (nanos >= 1e9) this.#damage.note(Damage.CorruptTime, window.offset())
    this.time[FrameTime.Seconds] = this.#u32(PcapRecord.Seconds) >>> 0
    this.time[FrameTime.Nanos] = nanos
    this.frameAt = window.start + PcapRecord.Bytes
    this.frameLength = length
    window.start += PcapRecord.Bytes + length
    return FrameStatus.Frame
  }

  #readHeader(): FrameStatus {
    const window = this.#window
    const status = window.need(PcapHeader.Bytes)
    if (status !== Need.Ready) return this.#end(status)
    const magic = readI32(window.u8, window.start)
    this.#isLittle = magic === PcapMagic.LittleMicros || magic === PcapMagic.LittleNanos
    this.#nanosPerUnit = magic === PcapMagic.BigMicros || magic === PcapMagic.LittleMicros ? 1000 : 1
    this.linkType = this.#u32(PcapHeader.LinkType) & LINK_TYPE_MASK
    this.#hasHeader = true
    window.start += PcapHeader.Bytes
    return FrameStatus.Skipped
  }

  /** A word of the record at hand, as int32. */
  #u32(offset: number): number {
    const { u8, start } = this.#window
    const at = start + offset
    if (!this.#isLittle) return readI32(u8, at)
    return u8[at]! | (u8[at + 1]! << 8) | (u8[at + 2]! << 16) | (u8[at + 3]! << 24)
  }

  #end(status: Need): FrameStatus {
    if (status === Need.NotYet) return FrameStatus.NotYet
    this.#hasEnded = true
    const window = this.#window
    if (window.end > window.start) this.#damage.note(Damage.TruncatedTail, window.offset())
    return FrameStatus.End
  }

  #fail(): FrameStatus {
    this.#hasEnded = true
    this.#damage.note(Damage.CorruptLength, this.#window.offset())
    return FrameStatus.End
  }
}
