import { describe, expect, it } from 'vitest'
import { verifyChecksum } from '../../../feeds/net/checksum.ts'
import { parseFrame } from '../../../feeds/net/frame.ts'
import { ADDRESS_WORDS, PacketField } from '../../../feeds/net/packet-fields.ts'
import { Undecoded } from '../../../feeds/net/undecoded.ts'
import { RecordBatch } from '../../../feeds/record-batch.ts'
import { findCanonicalFault } from '../../../kernels/records/codec.ts'
import { TestRandom } from '../../support/test-random.ts'
import { sourceOf } from '../support/drain.ts'
import { mold, PcapNgWriter, pcap, udpFrame } from '../support/frames.ts'
import { itchMessages } from '../support/sample.ts'
import { fragments, frameOf, ip, SYN, tcpFrame, timed, udp, V4, V6 } from '../support/segments.ts'

/*
 * Frames, fragments, segments and blocks with seeded damage. Whatever the bytes: nothing throws, nothing hangs, no byte
 * outside of the frame is looked at, every record is canonical, every frame is counted once.
 * Replays one failure: XK_FUZZ_SEED=<seed> npx vitest run test/feeds/net/frame-fuzz.test.ts
 */
const SEED = Number(process.env.XK_FUZZ_SEED ?? 20_240_117)
const DEADLINE_MS = 180_000

const messages = itchMessages(60)
const payload = mold('000010059B', 1n, messages)
const soup = Buffer.concat(
  messages.map((message) => Buffer.concat([Buffer.from([0, 1 + message.length, 0x53]), message])),
)

/** Frames of every kind that is decoded. */
function cleanFrames(): Buffer[] {
  const streams = [V4, V6].flatMap((ends) =>
    Array.from({ length: 12 }, (_, i) =>
      tcpFrame(soup.subarray(i * 100, (i + 1) * 100), 1 + i * 100, i === 0 ? SYN : 0, ends),
    ),
  )
  return [
    ...[1, 4, 7].map((first) =>
      udpFrame(mold('000010059B', BigInt(first), messages.slice(first, first + 3)), { vlans: [3, 4] }),
    ),
    frameOf(ip(udp(payload.subarray(0, 300), V6), 17, V6)),
    ...fragments(udp(payload), 400, 17, 9).map(frameOf),
    ...fragments(udp(payload, V6), 400, 17, 9, V6).map(frameOf),
    ...streams,
  ]
}

function damage(bytes: Buffer, random: TestRandom): Buffer {
  const damaged = Buffer.from(bytes)
  for (let i = 0; i <= random.below(4); i++) {
    const at = random.below(random.below(2) === 0 ? Math.min(70, damaged.length) : damaged.length)
    if (random.below(2) === 0) damaged[at]! ^= 1 << random.below(8)
    else damaged[at] = random.below(256)
  }
  return random.below(6) === 0 ? damaged.subarray(0, random.below(damaged.length)) : damaged
}

describe('a damaged frame', { timeout: DEADLINE_MS }, () => {
  it('is parsed within its bytes only: others around it change nothing (seeded)', () => {
    const random = new TestRandom(SEED)
    const frames = cleanFrames()
    const linkTypes = [1, 1, 1, 101, 113, 228, 229, 276, 12, 147]
    for (let round = 0; round < 60_000; round++) {
      const frame = damage(frames[random.below(frames.length)]!, random)
      const linkType = linkTypes[random.below(linkTypes.length)]!
      const seen = [0x00, 0xff].map((around) => {
        const bytes = Buffer.concat([Buffer.alloc(5, around), frame, Buffer.alloc(64, around)])
        const fields = new Int32Array(PacketField.Count)
        const reason = parseFrame(bytes, 5, frame.length, linkType, fields)
        const isFound = reason === Undecoded.None || reason === Undecoded.IpFragment
        if (!isFound) return [reason]
        const end = fields[PacketField.PayloadAt]! + fields[PacketField.PayloadLength]!
        expect(end).toBeLessThanOrEqual(5 + frame.length)
        expect(fields[PacketField.PayloadLength]).toBeGreaterThanOrEqual(0)
        expect(fields[PacketField.WireLength]).toBeGreaterThanOrEqual(fields[PacketField.PayloadLength]!)
        if (fields[PacketField.Transport] === 0 || fields[PacketField.Transport] === 2) {
          for (const address of [PacketField.SourceAddress, PacketField.TargetAddress]) {
            expect([...fields.subarray(address + 1, address + ADDRESS_WORDS)]).toEqual([0, 0, 0])
          }
        }
        return [reason, reason === Undecoded.None ? verifyChecksum(bytes, fields) : 0, ...fields]
      })
      expect(seen[0], `seed ${SEED}, round ${round}`).toEqual(seen[1])
    }
  })
})

function readToEnd(bytes: Buffer, pieceBytes?: number): ReturnType<ReturnType<typeof sourceOf>['facts']> {
  const source = sourceOf(bytes, pieceBytes)
  const batch = new RecordBatch(4096)
  for (let calls = 0; calls < 100_000; calls++) {
    batch.reset()
    if (source.fill(batch) === 0) return source.facts()
    for (let at = 0; at < batch.usedBytes; at += batch.views.u32[at >> 2]!) {
      const fault = findCanonicalFault(batch.views, at)
      if (fault !== undefined) throw new Error(fault)
    }
  }
  throw new Error('the source does not come to an end')
}

describe('captures of damaged frames', { timeout: DEADLINE_MS }, () => {
  it('are read to an end, and each frame is one of a flow, a fragment, or undecoded (seeded)', () => {
    const random = new TestRandom(SEED)
    for (let round = 0; round < 400; round++) {
      const frames = cleanFrames().map((frame) => (random.below(3) === 0 ? damage(frame, random) : frame))
      const facts = readToEnd(pcap(timed(frames)))
      const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0)
      const { fragments: pieces, undecoded } = facts
      const inFlows = sum(facts.flows.map(({ packets }) => packets))
      const atFrames = ['unknownLinkType', 'shortFrame', 'llc', 'arp', 'otherEtherType', 'badIpHeader', 'igmp', 'icmp']
      const others = ['otherIpProtocol', 'badUdpLength', 'badTcpHeader']
      const lost = sum([...atFrames, ...others].map((reason) => undecoded[reason] ?? 0))
      const place = `seed ${SEED}, round ${round}: ${JSON.stringify(facts)}`
      // A datagram put together is one of a flow or undecoded; it stands for its fragments.
      const shorts = undecoded.shortFrame ?? 0
      const counted = inFlows + lost + (pieces.fragments ?? 0) - (pieces.datagrams ?? 0)
      expect(counted - facts.packets, place).toBeGreaterThanOrEqual(0)
      expect(counted - facts.packets, place).toBeLessThanOrEqual(shorts)
      expect(facts.packets).toBe(frames.length)
    }
  })

  it('in pcapng blocks with damage of their own are read to an end (seeded)', () => {
    const random = new TestRandom(SEED + 1)
    for (let round = 0; round < 400; round++) {
      const writer = new PcapNgWriter(random.below(2) === 0).section()
      writer.interface({ linkType: 1, resolution: random.below(256), offsetSeconds: BigInt(random.below(1000)) })
      writer.interface({ linkType: 1 })
      for (const frame of timed(cleanFrames())) {
        if (random.below(4) === 0)
          writer.block([4, 5, 0x0bad, 0x7777][random.below(4)]!, Buffer.alloc(4 * random.below(9)))
        writer.enhanced({ ...frame, timeNs: BigInt(random.below(2 ** 31)), interface: 1 })
      }
      const bytes = writer.bytes()
      for (let i = 0; i < random.below(6); i++) bytes[random.below(bytes.length)] = random.below(256)
      readToEnd(bytes, 1 + random.below(3000))
    }
  })
})
