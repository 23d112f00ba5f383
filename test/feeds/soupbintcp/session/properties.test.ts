import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ClientState, SoupClient } from '../../../../feeds/soupbintcp/session/client-session.ts'
import { SequencedLog } from '../../../../feeds/soupbintcp/session/sequenced-log.ts'
import { SoupConnection } from '../../../../feeds/soupbintcp/session/server-connection.ts'
import { SoupLogins } from '../../../../feeds/soupbintcp/session/server-logins.ts'
import { SessionCount, SessionEvent } from '../../../../feeds/soupbintcp/session/session-counts.ts'
import { readDecimal, writeDecimal } from '../../../../feeds/soupbintcp/session/text-fields.ts'
import { SessionRig } from './support/session-rig.ts'

const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('move' as const), bytes: fc.integer({ min: 1, max: 60 }) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('emit' as const), count: fc.integer({ min: 1, max: 5 }) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('order' as const), count: fc.integer({ min: 1, max: 3 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cut' as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('pass' as const), timeMs: fc.nat(9000) }) },
)

describe('a client and a server, however their connections break', () => {
  it('lose no sequenced message, repeat none, and keep their order', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), fc.integer({ min: 40, max: 400 }), (steps, sendBytesMax) => {
        const rig = new SessionRig({}, { sendBytesMax })
        const orders: string[] = []
        let emitted = 0
        for (const action of steps) {
          if (rig.connection === undefined) rig.connect()
          if (action.kind === 'move') rig.move(action.bytes)
          else if (action.kind === 'emit') for (let i = 0; i < action.count; i++) rig.emit(`response ${++emitted}`)
          else if (action.kind === 'cut') rig.cut()
          else if (action.kind === 'pass') rig.passMs(action.timeMs)
          else {
            for (let i = 0; i < action.count; i++) {
              const text = `order ${orders.length + 1}`
              if (rig.order(text)) orders.push(text)
            }
          }
          if (rig.client.isClosing || rig.connection?.isClosing) rig.cut()
        }
        rig.cut()
        rig.connect()
        for (let i = 0; i < 600 && rig.heardByClient.length < emitted; i++) rig.move(200)
        expect(rig.heardByClient).toEqual(Array.from({ length: emitted }, (_, i) => `response ${i + 1}`))
        expect(rig.client.counts[SessionCount.Missed]).toBe(0)
        // Orders may be lost with a connection: what came is in the order in which it was sent, each once.
        const places = rig.heardByServer.map((text) => orders.indexOf(text))
        expect(places.every((place, i) => place >= 0 && (i === 0 || place > places[i - 1]!))).toBe(true)
      }),
      { numRuns: 150 },
    )
  })
})

/** Takes bytes in pieces until the side wants no more. */
function feed(side: SoupClient | SoupConnection, bytes: Uint8Array, piece: number): void {
  for (let at = 0; at < bytes.length && !side.isClosing; ) {
    const length = Math.min(piece, bytes.length - at, side.receive.makeRoom())
    expect(length).toBeGreaterThan(0)
    side.receive.bytes.set(bytes.subarray(at, at + length), side.receive.end)
    side.arrived(length)
    at += length
    for (let event = side.next(); event !== SessionEvent.None; event = side.next()) {
      if (event === SessionEvent.Message) expect(side.messageLength).toBeGreaterThanOrEqual(0)
    }
    side.tick()
  }
}

const packetBytes = fc
  .tuple(fc.constantFrom(...'+AJSUHZLROx'), fc.uint8Array({ maxLength: 60 }))
  .map(([type, payload]) => Buffer.concat([Buffer.from([0, payload.length + 1, type.charCodeAt(0)]), payload]))

describe('whatever bytes come', () => {
  const nonsense = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.array(packetBytes, { maxLength: 20 }).map((packets) => new Uint8Array(Buffer.concat(packets))),
  )

  it('a server reads, counts or closes, and never throws', () => {
    fc.assert(
      fc.property(nonsense, fc.integer({ min: 1, max: 80 }), (bytes, piece) => {
        const logins = new SoupLogins('S', [{ username: 'a', password: 'b', log: new SequencedLog(1000, 10) }])
        const connection = new SoupConnection(logins, { packetBytesMax: 64 })
        connection.connected()
        feed(connection, bytes, piece)
        connection.pump()
        expect(connection.receive.bytes.length).toBe(128)
      }),
      { numRuns: 500 },
    )
  })

  it('a client reads, counts or closes, and never throws', () => {
    const accepted = Buffer.from(`\0\x1fA${'S'.padStart(10)}${'1'.padStart(20)}`, 'latin1')
    fc.assert(
      fc.property(nonsense, fc.integer({ min: 1, max: 80 }), fc.boolean(), (bytes, piece, isLive) => {
        const client = new SoupClient({ username: 'a', password: 'b' })
        client.connected()
        feed(client, isLive ? Buffer.concat([accepted, bytes]) : bytes, piece)
        expect(client.nextSequence).toBeGreaterThanOrEqual(1)
        if (client.isClosing) expect(client.state).toBe(ClientState.Closing)
      }),
      { numRuns: 500 },
    )
  })
})

describe('a number in a login', () => {
  it('is read as it was written', () => {
    const numbers = new Float64Array(2)
    fc.assert(
      fc.property(fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }), (value) => {
        const bytes = new Uint8Array(20)
        numbers[0] = value
        writeDecimal(bytes, 0, 20, numbers, 0)
        expect(Buffer.from(bytes).toString()).toBe(String(value).padStart(20))
        expect(readDecimal(bytes, 0, 20, numbers, 1)).toBe(true)
        expect(numbers[1]).toBe(value)
      }),
    )
    expect(readDecimal(Buffer.from('9007199254740992'), 0, 16, numbers, 1)).toBe(false)
    expect(readDecimal(Buffer.from('12a4'), 0, 4, numbers, 1)).toBe(false)
    expect(readDecimal(Buffer.from('    '), 0, 4, numbers, 1)).toBe(true)
    expect(numbers[1]).toBe(0)
  })
})
