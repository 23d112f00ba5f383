import fc from 'fast-check'
import { expect, it } from 'vitest'
import { MDP3 } from '../../../feeds/mdp3/protocol.ts'
import { Template } from '../../../feeds/mdp3/templates.ts'
import { Sureness } from '../../../feeds/protocol/protocol.ts'
import { TestDecoder } from './support/decode.ts'
import {
  book,
  channelReset,
  definition,
  message,
  orderSnapshot,
  packet,
  snapshot,
  status,
  trades,
} from './support/packets.ts'

const seed = Number(process.env.XK_SEED ?? 90_113)
const level = (rptSeq: number) => ({ price: 100 + rptSeq, size: 5, level: 1, orders: 2, rptSeq })

/** One of everything. */
const PACKETS = [
  packet(1, [definition(1, 'ESM4', 5), definition(2, 'ESU4', 10)]),
  packet(2, [book([level(1), { ...level(1), security: 2 }], [{ id: 5n, size: 3, reference: 1, action: 0 }])]),
  packet(3, [trades([{ price: 100, size: 3, rptSeq: 2, orders: 2, aggressor: 1, match: 7 }], [1n, 2n]), status(17)]),
  packet(4, [book([level(9), { ...level(10), action: 3, level: 4 }, { ...level(11), action: 4 }])]),
  packet(5, [snapshot(11, [{ price: 100, size: 4, level: 1, type: '0' }]), orderSnapshot(1, 1, [8n])]),
  packet(6, [channelReset(), message(Template.AdminHeartbeat, Buffer.alloc(0))]),
]

function feedAll(packets: readonly Buffer[], isCut: boolean): TestDecoder {
  const decoder = new TestDecoder({ instrumentsMax: 5 })
  for (const bytes of packets) {
    const sureness = MDP3.recognise(bytes, 0, bytes.length, isCut)
    expect(sureness).toBeGreaterThanOrEqual(Sureness.No)
    decoder.feed(bytes, isCut)
  }
  return decoder
}

it('whole packets are recognised for certain, and decoded without a complaint', () => {
  for (const bytes of PACKETS) expect(MDP3.recognise(bytes, 0, bytes.length, false)).toBe(Sureness.Certain)
  expect(feedAll(PACKETS, false).report().undecoded).toEqual({})
})

it('a packet cut anywhere is used as far as it goes', () => {
  for (const bytes of PACKETS) {
    for (let length = 0; length < bytes.length; length++) {
      const cut = bytes.subarray(0, length)
      expect(MDP3.recognise(cut, 0, length, false)).toBeLessThan(Sureness.Certain + Number(isWhole(cut)))
      const { undecoded } = feedAll([cut], true).report()
      expect(Object.keys(undecoded).length).toBe(isWhole(cut) || length === 12 ? 0 : 1)
    }
  }
})

/** Whether a packet ends where one of its messages does. */
function isWhole(bytes: Buffer): boolean {
  let at = 12
  while (at + 2 <= bytes.length) at += Math.max(2, bytes.readUInt16LE(at))
  return bytes.length > 12 && at === bytes.length
}

it(`damaged packets neither throw nor hang, and their records are canonical (seed ${seed})`, {
  timeout: 120_000,
}, () => {
  const flips = fc.array(fc.record({ packet: fc.nat(5), at: fc.nat(400), bit: fc.nat(7) }), {
    minLength: 1,
    maxLength: 12,
  })
  fc.assert(
    fc.property(flips, fc.boolean(), (damage, isCut) => {
      const packets = PACKETS.map((bytes) => Buffer.from(bytes))
      for (const { packet: index, at, bit } of damage) {
        const bytes = packets[index]!
        bytes[at % bytes.length]! ^= 1 << bit
      }
      feedAll(packets, isCut)
    }),
    { numRuns: 800, seed },
  )
})

it(`noise is not recognised, and decoding it does no harm (seed ${seed})`, { timeout: 120_000 }, () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (noise) => {
      const bytes = Buffer.from(noise)
      expect(MDP3.recognise(bytes, 0, bytes.length, false)).toBeLessThan(Sureness.Certain)
      feedAll([bytes], false)
    }),
    { numRuns: 1000, seed },
  )
})
