import { readI32 } from '../itch50/wire.ts'
import { type ByteWindow, Need, WINDOW_BYTES } from './byte-window.ts'
import { Damage, type DamageLog } from './damage.ts'
import { FRAME_BYTES_MAX, type FrameReader, FrameStatus, FrameTime } from './frame-reader.ts'
import { InterfaceTable } from './interface-table.ts'
import {
  BLOCK_BYTES_MAX,
  Block,
  BlockType,
  ByteOrder,
  InterfaceBlock,
  InterfaceOption,
  PacketBlock,
  SectionHeader,
  SimplePacketBlock,
} from './pcapng-layout.ts'
import { readTimeResolution, splitTime } from './time-units.ts'

const MICROS_PER_SECOND = 1e6

/** Packets and interfaces are looked at in one piece; the window holds the longest frame and half as much in options. */
function isHeldWhole(type: number): boolean {
  return (
    type === BlockType.EnhancedPacket ||
    type === BlockType.SimplePacket ||
    type === BlockType.Interface ||
    type === BlockType.Packet
  )
}

/**
 * Reads pcapng of either byte order, several sections and interfaces. Blocks that are not packets are passed over
 * without being held in memory. Policy on a broken block length or trailer: the format's only mark is the next
 * section, so reading ends there; counted with its offset.
 */
export class PcapNgReader implements FrameReader {
  readonly bytes: Uint8Array
  frameAt = 0
  frameLength = 0
  originalLength = 0
  linkType = 0
  readonly time = new Float64Array(2)
  /** Those of the section at hand. */
  readonly #interfaces = new InterfaceTable()
  readonly #window: ByteWindow
  readonly #damage: DamageLog
  #hasEnded = false
  #isLittle = false
  /** Stream offset of the block at hand. */
  readonly #blockAt = new Float64Array(1)
  /** Bytes of the block at hand that are still to be passed over, and the length that must follow them; 0 for none. */
  #skipLeft = 0
  #trailer = 0

  constructor(window: ByteWindow, damage: DamageLog) {
    this.#window = window
    this.bytes = window.u8
    this.#damage = damage
  }

  next(): FrameStatus {
    if (this.#hasEnded) return FrameStatus.End
    if (this.#trailer !== 0) {
      const status = this.#passOver()
      if (status !== FrameStatus.Skipped) return status
    }
    const window = this.#window
    this.#blockAt[0] = window.offset()
    let status = window.need(Block.Bytes)
    if (status !== Need.Ready) return this.#end(status)
    const type = this.#i32(Block.Type)
    if (type === BlockType.SectionHeader) return this.#readSection()
    const length = this.#i32(Block.Length)
    if (length < Block.Bytes || length > BLOCK_BYTES_MAX || (length & 3) !== 0) return this.#fail(Damage.CorruptLength)
    if (!isHeldWhole(type)) return this.#beginPassOver(length)
    if (length > WINDOW_BYTES) return this.#fail(Damage.CorruptLength)
    status = window.need(length)
    if (status !== Need.Ready) return this.#end(status)
    if (this.#i32(length - 4) !== length) return this.#fail(Damage.CorruptTrailer)
    if (type === BlockType.Interface) return this.#readInterface(length)
    return type === BlockType.SimplePacket ? this.#readSimplePacket(length) : this.#readPacket(type, length)
  }

  #readSection(): FrameStatus {
    const window = this.#window
    const status = window.need(SectionHeader.Bytes)
    if (status !== Need.Ready) return this.#end(status)
    const order = readI32(window.u8, window.start + SectionHeader.ByteOrder)
    if (order !== ByteOrder.Big && order !== ByteOrder.Little) return this.#fail(Damage.CorruptByteOrder)
    this.#isLittle = order === ByteOrder.Little
    this.#interfaces.clear()
    const length = this.#i32(Block.Length)
    if (length < SectionHeader.Bytes || length > BLOCK_BYTES_MAX || (length & 3) !== 0) {
      return this.#fail(Damage.CorruptLength)
    }
    return this.#beginPassOver(length)
  }

  #readInterface(length: number): FrameStatus {
    if (length < InterfaceBlock.Bytes) return this.#fail(Damage.CorruptLength)
    const interfaces = this.#interfaces
    const index = interfaces.add()
    if (index < 0) {
      this.#damage.note(Damage.TooManyInterfaces, this.#blockAt[0]!)
    } else {
      interfaces.linkTypes[index] = this.#u16(InterfaceBlock.LinkType)
      interfaces.snapLengths[index] = this.#i32(InterfaceBlock.SnapLength) >>> 0
      interfaces.unitsPerSecond[index] = MICROS_PER_SECOND
      interfaces.offsetSeconds[index] = 0
      this.#readInterfaceOptions(index, length - 4)
      if (interfaces.unitsPerSecond[index] === 0) this.#damage.note(Damage.UnknownTimeUnit, this.#blockAt[0]!)
    }
    return this.#leave(length)
  }

  #readInterfaceOptions(index: number, end: number): void {
    let at: number = InterfaceBlock.Options
    while (at + 4 <= end) {
      const code = this.#u16(at)
      const length = this.#u16(at + 2)
      if (code === InterfaceOption.End || at + 4 + length > end) return
      if (code === InterfaceOption.TimeResolution && length >= 1) {
        this.#interfaces.unitsPerSecond[index] = readTimeResolution(this.#window.u8[this.#window.start + at + 4]!)
      } else if (code === InterfaceOption.TimeOffset && length >= 8) {
        const high = this.#i32(this.#isLittle ? at + 8 : at + 4)
        const low = this.#i32(this.#isLittle ? at + 4 : at + 8) >>> 0
        this.#interfaces.offsetSeconds[index] = high * 4294967296 + low
      }
      at += 4 + ((length + 3) & ~3)
    }
  }

  #readPacket(type: number, length: number): FrameStatus {
    if (length < PacketBlock.Bytes) return this.#fail(Damage.CorruptLength)
    const captured = this.#i32(PacketBlock.CapturedLength)
    if (captured < 0 || captured > FRAME_BYTES_MAX || captured > length - PacketBlock.Bytes) {
      return this.#fail(Damage.CorruptLength)
    }
    const index = type === BlockType.Packet ? this.#u16(PacketBlock.Interface) : this.#i32(PacketBlock.Interface)
    if (index < 0 || index >= this.#interfaces.count) {
      this.#damage.note(Damage.UnknownInterface, this.#blockAt[0]!)
      return this.#leave(length)
    }
    const { time } = this
    splitTime(
      this.#i32(PacketBlock.TimeHigh),
      this.#i32(PacketBlock.TimeLow),
      this.#interfaces.unitsPerSecond,
      index,
      time,
    )
    time[FrameTime.Seconds]! += this.#interfaces.offsetSeconds[index]!
    return this.#takeFrame(index, PacketBlock.Frame, captured, this.#i32(PacketBlock.OriginalLength), length)
  }

  /** A simple packet belongs to the first interface and has no time: the one before holds on. */
  #readSimplePacket(length: number): FrameStatus {
    if (length < SimplePacketBlock.Bytes) return this.#fail(Damage.CorruptLength)
    if (this.#interfaces.count === 0) {
      this.#damage.note(Damage.UnknownInterface, this.#blockAt[0]!)
      return this.#leave(length)
    }
    const room = length - SimplePacketBlock.Bytes
    const original = this.#i32(SimplePacketBlock.OriginalLength)
    const snap = this.#interfaces.snapLengths[0]!
    let captured = original < 0 || original > room ? room : original
    if (snap !== 0 && captured > snap) captured = snap
    if (captured > FRAME_BYTES_MAX) return this.#fail(Damage.CorruptLength)
    return this.#takeFrame(0, SimplePacketBlock.Frame, captured, original, length)
  }

  #takeFrame(index: number, offset: number, captured: number, original: number, length: number): FrameStatus {
    this.frameAt = this.#window.start + offset
    this.frameLength = captured
    this.originalLength = Math.max(original, captured)
    this.linkType = this.#interfaces.linkTypes[index]!
    this.#leave(length)
    return FrameStatus.Frame
  }

  #leave(length: number): FrameStatus {
    this.#window.start += length
    return FrameStatus.Skipped
  }

  #beginPassOver(length: number): FrameStatus {
    this.#skipLeft = length - 4
    this.#trailer = length
    return FrameStatus.Skipped
  }

  #passOver(): FrameStatus {
    const window = this.#window
    while (this.#skipLeft > 0) {
      const status = window.need(1)
      if (status !== Need.Ready) return this.#end(status)
      this.#skipLeft = window.skip(this.#skipLeft)
    }
    const status = window.need(4)
    if (status !== Need.Ready) return this.#end(status)
    if (this.#i32(0) !== this.#trailer) return this.#fail(Damage.CorruptTrailer)
    window.start += 4
    this.#trailer = 0
    return FrameStatus.Skipped
  }

  #i32(offset: number): number {
    const { u8, start } = this.#window
    const at = start + offset
    if (!this.#isLittle) return readI32(u8, at)
    return u8[at]! | (u8[at + 1]! << 8) | (u8[at + 2]! << 16) | (u8[at + 3]! << 24)
  }

  #u16(offset: number): number {
    const { u8, start } = this.#window
    const at = start + offset
    return this.#isLittle ? u8[at]! | (u8[at + 1]! << 8) : (u8[at]! << 8) | u8[at + 1]!
  }

  #end(status: Need): FrameStatus {
    if (status === Need.NotYet) return FrameStatus.NotYet
    this.#hasEnded = true
    const window = this.#window
    if (window.end > window.start || this.#trailer !== 0) this.#damage.note(Damage.TruncatedTail, this.#blockAt[0]!)
    return FrameStatus.End
  }

  #fail(kind: Damage): FrameStatus {
    this.#hasEnded = true
    this.#damage.note(kind, this.#blockAt[0]!)
    return FrameStatus.End
  }
}
