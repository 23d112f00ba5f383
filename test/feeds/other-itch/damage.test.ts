import { describe, expect, it } from 'vitest'
import { OTHER_ITCH } from '../../../feeds/other-itch/protocol.ts'
import { FeedShared } from '../../../feeds/protocol/feed-shared.ts'
import { Packet, Sureness } from '../../../feeds/protocol/protocol.ts'
import { RecordBatch } from '../../../feeds/record-batch.ts'
import { TestRandom } from '../../support/test-random.ts'
import { u16, u64 } from '../support/bytes.ts'

/** Replays one failure: XK_FUZZ_SEED=<seed> npx vitest run test/feeds/other-itch/damage.test.ts */
const SEED = Number(process.env.XK_FUZZ_SEED ?? 20_241_105)

function packet(sequence: number, ...messages: readonly Buffer[]): Buffer {
  const blocks = messages.flatMap((message) => [u16(message.length), message])
  return Buffer.concat([Buffer.from('0000000001'), u64(BigInt(sequence)), u16(messages.length), ...blocks])
}

function message(type: string, length: number, typeAt = 0): Buffer {
  const bytes = Buffer.alloc(length)
  bytes.write(type, typeAt, 'latin1')
  return bytes
}

function find(name: string): (typeof OTHER_ITCH)[number] {
  return OTHER_ITCH.find((protocol) => protocol.name === name)!
}

describe('other feeds over MoldUDP64', () => {
  it('are told from each other by their types and lengths', () => {
    const cases: readonly (readonly [string, Buffer])[] = [
      ['jnxItch', packet(1, message('T', 5), message('A', 30))],
      ['asxItch', packet(1, message('T', 5), message('A', 40))],
      ['nasdaqBbo', packet(1, message('Q', 34))],
      ['nlsPlus', packet(1, message('T', 49, 8))],
      ['iseCombo', packet(1, message('R', 27 + 3 * 28))],
      ['uqdf', packet(1, message('1QE', 48))],
    ]
    for (const [name, bytes] of cases) {
      const sure = OTHER_ITCH.filter((protocol) => protocol.recognise(bytes, 0, bytes.length, false) >= Sureness.Likely)
      expect(sure.map((protocol) => protocol.name)).toEqual([name])
    }
    // A second alone may be of either exchange.
    const seconds = packet(1, message('T', 5))
    expect(find('jnxItch').recognise(seconds, 0, seconds.length, false)).toBe(Sureness.Possible)
    expect(find('asxItch').recognise(seconds, 0, seconds.length, false)).toBe(Sureness.Possible)
  })

  it('are counted by type, with what does not fit, and their sessions are followed', () => {
    const decoder = find('asxItch').open(new FeedShared())
    const batch = new RecordBatch(4096)
    for (const bytes of [packet(1, message('A', 40), message('?', 9), message('D', 21)), packet(9, message('D', 20))]) {
      expect(decoder.begin(bytes, 0, bytes.length, 1, false, batch)).toBe(Packet.Messages)
      expect(decoder.next(batch)).toBe(0)
      expect(decoder.isDone).toBe(true)
    }
    const { messages, undecoded, sessions } = decoder.report()
    expect(messages).toEqual({ A: 1, D: 1 })
    expect(undecoded).toEqual({ recognisedOnly: 2, unknownMessageType: 1, wrongMessageLength: 1 })
    expect(sessions.map(({ messages: count, missing }) => [count, missing])).toEqual([[4, 5]])
  })

  it('are looked at and walked to an end, whatever the bytes (seeded)', () => {
    const random = new TestRandom(SEED)
    const whole = packet(1, message('A', 40), message('T', 5), message('1QE', 48), message('T', 49, 8))
    for (const protocol of OTHER_ITCH) {
      const decoder = protocol.open(new FeedShared())
      const batch = new RecordBatch(4096)
      for (let round = 0; round < 3000; round++) {
        const mutated = Buffer.from(whole)
        for (let edits = random.below(4); edits > 0; edits--) mutated[random.below(mutated.length)] = random.below(256)
        const length = random.below(mutated.length + 1)
        protocol.recognise(mutated, 0, length, random.below(2) === 1)
        batch.reset()
        if (decoder.begin(mutated, 0, length, 1, false, batch) === Packet.Messages) decoder.next(batch)
        expect(decoder.isDone, `seed ${SEED}, round ${round}`).toBe(true)
      }
    }
  })
})
