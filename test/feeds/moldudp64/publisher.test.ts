import { describe, expect, test } from 'vitest'
import { MoldPublish, MoldPublisher } from '../../../feeds/moldudp64/publisher.ts'
import { TestRandom } from '../../support/test-random.ts'
import { u16 } from '../support/bytes.ts'

const LIMITS = { payloadBytesMax: 100, keptBytesMax: 10_000, keptMessagesMax: 200 }

function framed(...texts: string[]): Buffer {
  return Buffer.concat(texts.flatMap((text) => [u16(text.length), Buffer.from(text)]))
}

function request(session: string, sequence: bigint, count: number): Buffer {
  const bytes = Buffer.alloc(20, ' ')
  bytes.write(session)
  bytes.writeBigUInt64BE(sequence, 10)
  bytes.writeUInt16BE(count, 18)
  return bytes
}

function createPublisher(messages: number): { publisher: MoldPublisher; packets: Buffer[] } {
  const publisher = new MoldPublisher('S1', LIMITS)
  const packets: Buffer[] = []
  for (let i = 1; i <= messages; i++) publisher.append(framed(`message ${i}`), 0, 2 + `message ${i}`.length)
  publisher.flush((length) => packets.push(Buffer.from(publisher.packet.subarray(0, length))))
  return { publisher, packets }
}

describe('a MoldUDP64 publisher', () => {
  test('packs whole messages under the limit and numbers them', () => {
    const { packets } = createPublisher(10)
    expect(packets.map((bytes) => [Number(bytes.readBigUInt64BE(10)), bytes.readUInt16BE(18)])).toEqual([
      [1, 7],
      [8, 3],
    ])
    expect(packets.every((bytes) => bytes.length <= 100 && bytes.toString('latin1', 0, 10) === 'S1        ')).toBe(true)
    expect(packets[1]!.subarray(20)).toEqual(framed('message 8', 'message 9', 'message 10'))
  })

  test('names the next message in heartbeats and at the end', () => {
    const { publisher } = createPublisher(3)
    const header = (length: number) => {
      const bytes = Buffer.from(publisher.packet.subarray(0, length))
      return [length, Number(bytes.readBigUInt64BE(10)), bytes.readUInt16BE(18)]
    }
    expect(header(publisher.heartbeat())).toEqual([20, 4, 0])
    expect(header(publisher.endOfSession())).toEqual([20, 4, 0xffff])
  })

  test('sends again what it was asked for, as much as fits', () => {
    const { publisher } = createPublisher(10)
    const answer = (bytes: Buffer) => Buffer.from(publisher.packet.subarray(0, publisher.answer(bytes, bytes.length)))
    expect(answer(request('S1', 9n, 500)).subarray(20)).toEqual(framed('message 9', 'message 10'))
    expect(answer(request('S1', 2n, 1)).subarray(20)).toEqual(framed('message 2'))
    expect(answer(request('S1', 1n, 10)).readUInt16BE(18)).toBe(7)
    for (const refused of [
      request('S2', 1n, 1),
      request('S1', 0n, 1),
      request('S1', 11n, 1),
      request('S1', 1n, 0),
      request('S1', 1n << 63n, 1),
      Buffer.alloc(3),
    ]) {
      expect(answer(refused).length).toBe(0)
    }
    expect(publisher.counts[MoldPublish.RequestsRefused]).toBe(6)
  })

  test('answers no nonsense, whatever it is', () => {
    const { publisher } = createPublisher(10)
    const random = new TestRandom(3)
    for (let i = 0; i < 5000; i++) {
      const bytes = request('S1', BigInt(random.below(14)), random.below(4))
      for (let flips = random.below(3); flips > 0; flips--) bytes[random.below(20)]! ^= 1 << random.below(8)
      const length = publisher.answer(bytes, random.below(10) === 0 ? random.below(20) : 20)
      expect(length === 0 || (length > 20 && length <= 100)).toBe(true)
    }
  })

  test('refuses what it could not send again, and begins anew under another name', () => {
    const { publisher } = createPublisher(200)
    expect(publisher.append(framed('one more'), 0, 10)).toBe(false)
    publisher.begin('S2')
    expect(publisher.append(framed('one more'), 0, 10)).toBe(true)
    publisher.flush((length) => {
      expect(Buffer.from(publisher.packet.subarray(0, length)).toString('latin1', 0, 10)).toBe('S2        ')
      expect(publisher.nextSequence).toBe(2)
    })
  })
})
