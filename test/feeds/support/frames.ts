import { u8, u16, u32, u64 } from './bytes.ts'

/** Builders of network frames and capture files for tests, written from the published layouts. */

export interface UdpOptions {
  readonly source?: string
  readonly sourcePort?: number
  readonly target?: string
  readonly targetPort?: number
  readonly vlans?: readonly number[]
  readonly ipOptions?: Buffer
  readonly padding?: number
  readonly flags?: number
}

function address(text: string): Buffer {
  return Buffer.from(text.split('.').map(Number))
}

function checksum(header: Buffer): number {
  let sum = 0
  for (let i = 0; i < header.length; i += 2) sum += header.readUInt16BE(i)
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16)
  return ~sum & 0xffff
}

/** An IPv4 datagram with UDP in it. */
export function ipv4Udp(payload: Buffer, options: UdpOptions = {}): Buffer {
  const udp = Buffer.concat([
    u16(options.sourcePort ?? 4000),
    u16(options.targetPort ?? 26477),
    u16(8 + payload.length),
    u16(0),
    payload,
  ])
  return ipv4(udp, 17, options)
}

export function ipv4(payload: Buffer, protocol: number, options: UdpOptions = {}): Buffer {
  const extra = options.ipOptions ?? Buffer.alloc(0)
  const headerBytes = 20 + extra.length
  const header = Buffer.concat([
    u8(0x40 | (headerBytes >> 2)),
    u8(0),
    u16(headerBytes + payload.length),
    u16(1),
    u16(options.flags ?? 0x4000),
    u8(16),
    u8(protocol),
    u16(0),
    address(options.source ?? '10.0.0.1'),
    address(options.target ?? '233.54.12.111'),
    extra,
  ])
  header.writeUInt16BE(checksum(header), 10)
  return Buffer.concat([header, payload])
}

export function ethernet(body: Buffer, etherType = 0x0800, options: UdpOptions = {}): Buffer {
  const tags = (options.vlans ?? []).map((vlan, i, all) =>
    Buffer.concat([u16(i === 0 && all.length > 1 ? 0x88a8 : 0x8100), u16(vlan)]),
  )
  const head = Buffer.from('01005e360c6f020000000001', 'hex')
  return Buffer.concat([head, ...tags, u16(etherType), body, Buffer.alloc(options.padding ?? 0, 0xee)])
}

export function udpFrame(payload: Buffer, options: UdpOptions = {}): Buffer {
  return ethernet(ipv4Udp(payload, options), 0x0800, options)
}

/** A MoldUDP64 packet; `count` differs from the number of messages only where it is told to. */
export function mold(session: string, sequence: bigint, messages: readonly Buffer[], count = messages.length): Buffer {
  const blocks = messages.map((message) => Buffer.concat([u16(message.length), message]))
  return Buffer.concat([
    Buffer.from(session.padEnd(10), 'latin1').subarray(0, 10),
    u64(sequence),
    u16(count),
    ...blocks,
  ])
}

export interface TestFrame {
  readonly bytes: Buffer
  /** Nanoseconds since the epoch. */
  readonly timeNs: bigint
  readonly originalLength?: number
  readonly interface?: number
}

export interface PcapOptions {
  readonly isLittle?: boolean
  readonly isNanos?: boolean
  readonly linkType?: number
  readonly snapLength?: number
}

export function pcap(frames: readonly TestFrame[], options: PcapOptions = {}): Buffer {
  const { isLittle = true, isNanos = true, linkType = 1, snapLength = 65535 } = options
  const parts = [
    u32(isNanos ? 0xa1b23c4d : 0xa1b2c3d4, isLittle),
    u16(2, isLittle),
    u16(4, isLittle),
    u32(0),
    u32(0),
    u32(snapLength, isLittle),
    u32(linkType, isLittle),
  ]
  for (const { bytes, timeNs, originalLength } of frames) {
    const fraction = Number(timeNs % 1_000_000_000n)
    parts.push(
      u32(Number(timeNs / 1_000_000_000n), isLittle),
      u32(isNanos ? fraction : Math.floor(fraction / 1000), isLittle),
      u32(bytes.length, isLittle),
      u32(originalLength ?? bytes.length, isLittle),
      bytes,
    )
  }
  return Buffer.concat(parts)
}

export interface TestInterface {
  readonly linkType: number
  /** The `if_tsresol` byte; 10^−6 where absent. */
  readonly resolution?: number
  readonly offsetSeconds?: bigint
}

function pad4(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length & 3)) & 3)])
}

export class PcapNgWriter {
  readonly #isLittle: boolean
  readonly #parts: Buffer[] = []
  #interfaces: TestInterface[] = []

  constructor(isLittle: boolean) {
    this.#isLittle = isLittle
  }

  block(type: number, body: Buffer): this {
    const length = 12 + body.length
    this.#parts.push(u32(type, this.#isLittle), u32(length, this.#isLittle), body, u32(length, this.#isLittle))
    return this
  }

  section(): this {
    this.#interfaces = []
    const version = Buffer.concat([u16(1, this.#isLittle), u16(0, this.#isLittle)])
    return this.block(0x0a0d0d0a, Buffer.concat([u32(0x1a2b3c4d, this.#isLittle), version, Buffer.alloc(8, 0xff)]))
  }

  option(code: number, value: Buffer): Buffer {
    return Buffer.concat([u16(code, this.#isLittle), u16(value.length, this.#isLittle), pad4(value)])
  }

  interface(description: TestInterface): this {
    this.#interfaces.push(description)
    const options = [this.option(2, Buffer.from('feed0'))]
    if (description.resolution !== undefined) options.push(this.option(9, u8(description.resolution)))
    if (description.offsetSeconds !== undefined) {
      const value = u64(description.offsetSeconds)
      options.push(this.option(14, this.#isLittle ? Buffer.from(value).reverse() : value))
    }
    options.push(Buffer.alloc(4))
    const head = [u16(description.linkType, this.#isLittle), u16(0), u32(0)]
    return this.block(1, Buffer.concat([...head, ...options]))
  }

  enhanced(frame: TestFrame): this {
    const index = frame.interface ?? 0
    const ticks = this.#ticks(frame.timeNs, this.#interfaces[index]!)
    const length = frame.originalLength ?? frame.bytes.length
    const head = [index, Number(ticks >> 32n), Number(ticks & 0xffffffffn), frame.bytes.length, length]
    const comment = Buffer.concat([this.option(1, Buffer.from('note')), Buffer.alloc(4)])
    return this.block(6, Buffer.concat([...head.map((word) => u32(word, this.#isLittle)), pad4(frame.bytes), comment]))
  }

  simple(frame: TestFrame): this {
    return this.block(3, Buffer.concat([u32(frame.bytes.length, this.#isLittle), pad4(frame.bytes)]))
  }

  bytes(): Buffer {
    return Buffer.concat(this.#parts)
  }

  #ticks(timeNs: bigint, { resolution = 6, offsetSeconds = 0n }: TestInterface): bigint {
    const perSecond = (resolution & 0x80) !== 0 ? 1n << BigInt(resolution & 0x7f) : 10n ** BigInt(resolution)
    return ((timeNs - offsetSeconds * 1_000_000_000n) * perSecond) / 1_000_000_000n
  }
}
