import { describe, expect, it } from 'vitest'
import { MarketSource } from '../../../feeds/capture/market-source.ts'
import { DEEP, segment } from '../iex-tp/segments.ts'
import { drainRecords, fileOf } from '../support/drain.ts'
import { mold, pcap, udpFrame } from '../support/frames.ts'
import { itchMessages } from '../support/sample.ts'
import { SYN, tcpFrame } from '../support/segments.ts'

const SESSION = '000010059B'

function factsOf(frames: readonly Buffer[], feeds: readonly string[]) {
  const timed = frames.map((bytes, i) => ({ bytes, timeNs: 1_700_000_000_000_000_000n + BigInt(i) }))
  const source = new MarketSource([fileOf(pcap(timed))], { feeds })
  drainRecords(source)
  return source.facts()
}

describe('flows of a feed that is known and not chosen', () => {
  const messages = itchMessages(3)
  const itch = udpFrame(mold(SESSION, 1n, messages))
  const deep = udpFrame(segment(1n, [], { protocol: DEEP }), { targetPort: 9 })

  it('are told by name and left out; what is chosen is decoded', () => {
    const facts = factsOf([itch, deep, itch, udpFrame(Buffer.alloc(40, 7), { targetPort: 8 })], ['iexDeep10'])
    expect(facts.flows.map(({ protocol, sureness }) => [protocol, sureness])).toEqual([
      ['itch50', 'leftOut'],
      ['iexDeep10', 'likely'],
      ['unknown', 'none'],
    ])
    expect(facts.undecoded).toEqual({ feedLeftOut: 2, unknownProtocol: 1 })
    expect(facts.messages).toBe(0)
  })

  it('are so over TCP, too', () => {
    const soup = messages.map((message) => Buffer.concat([Buffer.from([0, 1 + message.length, 0x53]), message]))
    const frames = [tcpFrame(Buffer.alloc(0), 0, SYN), tcpFrame(Buffer.concat(soup), 1)]
    const { flows, undecoded } = factsOf(frames, ['mdp3'])
    expect(flows.map(({ protocol, sureness }) => [protocol, sureness])).toEqual([['soupbintcp', 'leftOut']])
    expect(undecoded).toEqual({ feedLeftOut: 1 })
  })
})
