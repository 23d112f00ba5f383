import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FeedShared } from '../../../feeds/protocol/feed-shared.ts'
import { HEARTBEAT_BYTES_MAX } from '../../../feeds/protocol/held-heartbeats.ts'
import { Packet, Sureness } from '../../../feeds/protocol/protocol.ts'
import { DATAGRAM_PROTOCOLS } from '../../../feeds/protocol/registry.ts'
import { RecordBatch } from '../../../feeds/record-batch.ts'
import { drainRecords, sourceOf } from '../support/drain.ts'
import { mold, pcap, udpFrame } from '../support/frames.ts'
import { itchMessages } from '../support/sample.ts'

const SESSION = '000010059B'

function factsOf(packets: readonly Buffer[]) {
  const frames = packets.map((bytes, i) => ({ bytes: udpFrame(bytes), timeNs: 1_700_000_000_000_000_000n + BigInt(i) }))
  const source = sourceOf(pcap(frames))
  const records = drainRecords(source)
  return { facts: source.facts(), records }
}

describe('heartbeats before the message that tells the protocol', () => {
  const [message] = itchMessages(1)
  const heartbeat = mold(SESSION, 7n, [])

  it('are credited to the session', () => {
    const { facts } = factsOf([heartbeat, heartbeat, heartbeat, mold(SESSION, 7n, [message!])])
    expect(facts.undecoded).toEqual({})
    expect(facts.sessions).toMatchObject([{ packets: 4, heartbeats: 3, messages: 1, missing: 0, firstSequence: '7' }])
  })

  it('tell what is missing before that message', () => {
    const { facts, records } = factsOf([heartbeat, mold(SESSION, 9n, [message!])])
    expect(facts.sessions).toMatchObject([{ heartbeats: 1, missing: 2, missingRanges: [{ first: '7', last: '8' }] }])
    expect(records[0]).toMatchObject({ record: 'gap', firstMissing: 7, missingCount: 2 })
  })

  it('are forgotten when others follow, and stay undecoded', () => {
    const { facts } = factsOf([mold(SESSION, 5n, []), heartbeat, mold(SESSION, 7n, [message!])])
    expect(facts.undecoded).toEqual({ unknownProtocol: 1 })
    expect(facts.sessions).toMatchObject([{ heartbeats: 1, firstSequence: '7' }])
  })

  it('alone tell too little', () => {
    const { facts } = factsOf([heartbeat, heartbeat])
    expect(facts.undecoded).toEqual({ unknownProtocol: 2 })
    expect(facts.sessions).toEqual([])
  })

  it('are all that is short and only possible, of every protocol', () => {
    const batch = new RecordBatch(4096)
    // Small numbers at the places of lengths and counts: most random bytes are of no protocol at all.
    const small = fc.array(fc.oneof(fc.constant(0), fc.nat(20), fc.nat(255)), { maxLength: HEARTBEAT_BYTES_MAX })
    const pitch = fc.tuple(fc.nat(20), small).map(([length, rest]) => [length, 0, 0, ...rest].slice(0, length))
    const moldLike = fc.tuple(small, small).map(([head, tail]) => [...head, ...Array(18).fill(0), ...tail].slice(0, 20))
    for (const protocol of DATAGRAM_PROTOCOLS) {
      fc.assert(
        fc.property(fc.oneof(small, pitch, moldLike), (list) => {
          const bytes = Uint8Array.from(list)
          if (protocol.recognise(bytes, 0, bytes.length, false) !== Sureness.Possible) return
          batch.reset()
          const packet = protocol.open(new FeedShared()).begin(bytes, 0, bytes.length, 0, false, batch)
          expect(packet, protocol.name).not.toBe(Packet.Messages)
        }),
        { numRuns: 300 },
      )
    }
  })
})
