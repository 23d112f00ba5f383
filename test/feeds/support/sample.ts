import { u8, u16, u32, u64 } from './bytes.ts'
import { mold, PcapNgWriter, pcap, type TestFrame, type UdpOptions, udpFrame } from './frames.ts'

/** Small well-formed sessions of ITCH messages for tests. */

const START_NS = 1_692_711_000_000_000_000n

function head(type: string, locate: number, timeNs: number): Buffer {
  return Buffer.concat([Buffer.from(type), u16(locate), u16(0), u64(BigInt(timeNs)).subarray(2)])
}

/** An add order, an execution, a delete: whatever `index` says. */
export function itchMessage(index: number): Buffer {
  const timeNs = 34_200_000_000_000 + index * 1000
  const locate = 1 + (index % 3)
  const reference = u64(BigInt(1 + Math.floor(index / 3)))
  const which = index % 3
  if (which === 0) {
    const stock = Buffer.from(`SYM${locate}    `)
    return Buffer.concat([head('A', locate, timeNs), reference, u8(0x42), u32(100), stock, u32(1_000_000 + index)])
  }
  if (which === 1) return Buffer.concat([head('E', locate, timeNs), reference, u32(10), u64(BigInt(index))])
  return Buffer.concat([head('D', locate, timeNs), reference])
}

export function itchMessages(count: number): Buffer[] {
  return Array.from({ length: count }, (_, i) => itchMessage(i))
}

/** A raw file of `count` messages. */
export function rawItch(count: number): Buffer {
  return Buffer.concat(itchMessages(count).flatMap((message) => [u16(message.length), message]))
}

/** Frames of a MoldUDP64 session with `count` messages, three a packet. */
export function moldFrames(count: number, options: UdpOptions = {}): TestFrame[] {
  const messages = itchMessages(count)
  const frames: TestFrame[] = []
  for (let i = 0; i < count; i += 3) {
    const payload = mold('000010059B', BigInt(1 + i), messages.slice(i, i + 3))
    frames.push({ bytes: udpFrame(payload, options), timeNs: START_NS + BigInt(i) * 1_234_567n })
  }
  return frames
}

export function samplePcap(count: number): Buffer {
  return pcap(moldFrames(count, { vlans: [141] }))
}

export function samplePcapNg(count: number): Buffer {
  const writer = new PcapNgWriter(true).section().interface({ linkType: 1, resolution: 9 }).interface({ linkType: 1 })
  moldFrames(count).forEach((frame, i) => {
    if (i % 4 === 1) writer.block(5, Buffer.alloc(16))
    writer.enhanced({ ...frame, interface: i % 2 })
  })
  return writer.bytes()
}
