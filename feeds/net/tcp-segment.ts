import { PacketField } from './packet-fields.ts'

/** The segment at hand, without what is known of it already. */
export class TcpSegment {
  /** Sequence number of its first byte. */
  sequence = 0
  bytes: Uint8Array = new Uint8Array(0)
  at = 0
  /** Bytes that the capture holds of it, and those that it cut off: they will not come. */
  length = 0
  cutBytes = 0
  flags = 0

  /** Takes a segment's facts over from the parsed headers. */
  load(bytes: Uint8Array, fields: Int32Array): void {
    this.bytes = bytes
    this.sequence = fields[PacketField.TcpSequence]!
    this.at = fields[PacketField.PayloadAt]!
    this.length = fields[PacketField.PayloadLength]!
    this.cutBytes = fields[PacketField.WireLength]! - this.length
    this.flags = fields[PacketField.TcpFlags]!
  }

  /** Forgets it: nothing is at hand. */
  clear(): void {
    this.length = 0
    this.cutBytes = 0
    this.flags = 0
  }

  /** Leaves the first `count` bytes out. @returns how many of them the capture holds */
  leaveOut(count: number): number {
    const passed = Math.min(count, this.length + this.cutBytes)
    const held = Math.min(passed, this.length)
    this.cutBytes -= passed - held
    this.sequence = (this.sequence + passed) | 0
    this.at += held
    this.length -= held
    return held
  }

  /** Sequence number behind the bytes that the capture holds. */
  end(): number {
    return (this.sequence + this.length) | 0
  }
}
