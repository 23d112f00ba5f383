import { describe, expect, it } from 'vitest'
import { SoupReject, SoupType } from '../../../../feeds/soupbintcp/layout.ts'
import { ClientState, SoupClient } from '../../../../feeds/soupbintcp/session/client-session.ts'
import { SequencedLog } from '../../../../feeds/soupbintcp/session/sequenced-log.ts'
import { ConnectionState, SoupConnection } from '../../../../feeds/soupbintcp/session/server-connection.ts'
import { SoupLogins } from '../../../../feeds/soupbintcp/session/server-logins.ts'
import {
  SESSION_COUNT_NAMES,
  SessionCount,
  SessionEvent,
  SessionFailure,
} from '../../../../feeds/soupbintcp/session/session-counts.ts'
import { SessionRig } from './support/session-rig.ts'

function packet(type: number, payload = ''): Buffer {
  return Buffer.concat([Buffer.from([0, payload.length + 1, type]), Buffer.from(payload, 'latin1')])
}

describe('a login', () => {
  it('is answered with the session and the number asked for, and both sides are live', () => {
    const rig = new SessionRig()
    rig.connect()
    expect(rig.client.state).toBe(ClientState.LoggingIn)
    rig.move()
    expect(rig.client.state).toBe(ClientState.Live)
    expect(rig.connection!.state).toBe(ConnectionState.Live)
    expect(rig.clientEvents).toEqual([SessionEvent.LoggedIn])
    expect(rig.client.session).toBe('DAY1')
    expect(rig.connection!.user!.username).toBe('firm')
  })

  it('takes capitals for small letters', () => {
    const rig = new SessionRig({ username: 'FIRM', password: 'Secret' })
    rig.connect()
    rig.move()
    expect(rig.client.state).toBe(ClientState.Live)
  })

  it('is rejected with a wrong password, and with a session that is not there', () => {
    const wrong = new SessionRig({ password: 'guess' })
    wrong.connect()
    wrong.move()
    expect(wrong.clientEvents).toEqual([SessionEvent.LoginRejected])
    expect(wrong.client.rejectReason).toBe(SoupReject.NotAuthorised)
    expect(wrong.connection!.isClosing).toBe(true)
    const other = new SessionRig({ session: 'DAY0', firstSequence: 7 })
    other.connect()
    other.move()
    expect(other.client.rejectReason).toBe(SoupReject.SessionNotAvailable)
    other.cut()
    other.client.forgetSession()
    other.connect()
    other.move()
    expect([other.client.session, other.client.nextSequence]).toEqual(['DAY1', 1])
  })

  it('that does not come, or is not answered, is given up', () => {
    const rig = new SessionRig()
    rig.connect()
    rig.passMs(10_000)
    expect(rig.connection!.tick()).toBe(SessionEvent.Failed)
    expect(rig.client.tick()).toBe(SessionEvent.Failed)
    expect([rig.client.failure, rig.connection!.failure]).toEqual([
      SessionFailure.LoginTimeout,
      SessionFailure.LoginTimeout,
    ])
  })

  it('of the same user ends the earlier connection', () => {
    const rig = new SessionRig()
    rig.connect()
    rig.move()
    const first = rig.connection!
    rig.cut()
    rig.connect()
    rig.move()
    expect(first.tick()).toBe(SessionEvent.Failed)
    expect(first.failure).toBe(SessionFailure.Replaced)
    expect(rig.connection!.tick()).toBe(SessionEvent.None)
  })

  it('has fields of fixed width', () => {
    expect(() => new SoupClient({ username: 'toolong', password: '' })).toThrow(RangeError)
    expect(() => new SoupLogins('elevenlong!', [])).toThrow(RangeError)
  })
})

describe('messages', () => {
  it('go both ways, and those of the log are numbered', () => {
    const rig = new SessionRig()
    rig.emit('one')
    rig.connect()
    expect(rig.order('too early')).toBe(false)
    rig.move()
    rig.emit('two')
    expect(rig.order('order')).toBe(true)
    rig.move()
    expect(rig.heardByClient).toEqual(['one', 'two'])
    expect(rig.heardByServer).toEqual(['order'])
    expect(rig.client.nextSequence).toBe(3)
    expect(rig.client.counts[SessionCount.SendsRefused]).toBe(1)
  })

  it('that were missed come after the reconnect, each once', () => {
    const rig = new SessionRig()
    rig.connect()
    rig.move()
    rig.emit('one')
    rig.move()
    rig.cut()
    rig.emit('two')
    rig.emit('three')
    rig.connect()
    rig.move()
    expect(rig.heardByClient).toEqual(['one', 'two', 'three'])
    expect(rig.client.counts[SessionCount.Disconnects]).toBe(1)
  })

  it('from before are not wanted with the number 0', () => {
    const rig = new SessionRig({ firstSequence: 0 })
    rig.emit('old')
    rig.connect()
    rig.move()
    rig.emit('new')
    rig.move()
    expect(rig.heardByClient).toEqual(['new'])
    expect([rig.client.nextSequence, rig.client.counts[SessionCount.Missed]]).toEqual([3, 0])
  })

  it('wait in the log while the socket takes none', () => {
    const rig = new SessionRig({}, { sendBytesMax: 64 })
    rig.connect()
    rig.move()
    for (let i = 0; i < 100; i++) rig.emit(`message ${i}`)
    for (let i = 0; i < 60; i++) rig.move()
    expect(rig.heardByClient).toEqual(Array.from({ length: 100 }, (_, i) => `message ${i}`))
  })

  it('that the log has no room for are refused', () => {
    const log = new SequencedLog(10, 3)
    const text = Buffer.from('12345')
    expect([1, 2, 3].map(() => log.append(text, 0, 5))).toEqual([true, true, false])
    const few = new SequencedLog(1000, 2)
    expect([1, 2, 3].map(() => few.append(text, 0, 5))).toEqual([true, true, false])
  })
})

describe('a client', () => {
  function login(client: SoupClient, session: string, sequence: number): SessionEvent {
    client.connected()
    client.send.sent(client.send.waitingBytes)
    return hear(client, packet(SoupType.LoginAccepted, session.padStart(10) + String(sequence).padStart(20)))
  }

  function hear(client: SoupClient, bytes: Uint8Array): SessionEvent {
    client.receive.makeRoom()
    client.receive.bytes.set(bytes, client.receive.end)
    client.arrived(bytes.length)
    return client.next()
  }

  it('passes over what an earlier number repeats, and counts what a later one leaves out', () => {
    const client = new SoupClient({ username: 'a', password: 'b', firstSequence: 5 })
    expect(login(client, 'S', 4)).toBe(SessionEvent.LoggedIn)
    expect(hear(client, packet(SoupType.SequencedData, 'four'))).toBe(SessionEvent.None)
    expect(hear(client, packet(SoupType.SequencedData, 'five'))).toBe(SessionEvent.Message)
    client.disconnected()
    expect(login(client, 'S', 9)).toBe(SessionEvent.MessagesMissed)
    expect(client.counts[SessionCount.Missed]).toBe(3)
    expect(client.counts[SessionCount.Duplicates]).toBe(1)
    client.disconnected()
    expect(login(client, 'T', 1)).toBe(SessionEvent.SessionChanged)
    expect([client.session, client.nextSequence]).toEqual(['T', 1])
  })

  it('asks for the session and the number that it knows', () => {
    const client = new SoupClient({ username: 'a', password: 'b' })
    login(client, 'S', 1)
    hear(client, packet(SoupType.SequencedData, 'one'))
    client.disconnected()
    client.connected()
    const sent = Buffer.from(client.send.bytes.subarray(0, client.send.end)).toString('latin1')
    expect(sent.slice(2)).toBe(`La     b         ${'S'.padStart(10)}${'2'.padStart(20)}`)
  })

  it('gives a connection up over a number that is none, a packet of its own side, and nonsense', () => {
    const cases: readonly [Buffer, SessionFailure][] = [
      [packet(SoupType.LoginAccepted, 'S'.padStart(10) + 'x'.padStart(20)), SessionFailure.BadLogin],
      [packet(SoupType.ClientHeartbeat), SessionFailure.UnexpectedPacket],
      [packet(SoupType.SequencedData, 'early'), SessionFailure.UnexpectedPacket],
      [Buffer.from([0, 1, 0x99]), SessionFailure.BadPacket],
    ]
    for (const [bytes, failure] of cases) {
      const client = new SoupClient({ username: 'a', password: 'b' })
      client.connected()
      expect(hear(client, bytes)).toBe(SessionEvent.Failed)
      expect([client.failure, client.counts[failure as number], client.isClosing]).toEqual([failure, 1, true])
      expect(client.next()).toBe(SessionEvent.None)
    }
  })

  it('refuses a message that does not fit, whole', () => {
    const client = new SoupClient({ username: 'a', password: 'b', sendBytesMax: 100 })
    login(client, 'S', 1)
    const message = new Uint8Array(40)
    expect([1, 2, 3].map(() => client.trySend(message, 0, 40))).toEqual([true, true, false])
    client.send.sent(43)
    expect(client.trySend(message, 0, 40)).toBe(true)
    expect(client.send.waitingBytes).toBe(86)
  })
})

describe('silence', () => {
  it('is broken by heartbeats of both sides', () => {
    const rig = new SessionRig()
    rig.connect()
    rig.move()
    for (let second = 0; second < 60; second++) {
      rig.passMs(1000)
      rig.move()
      rig.move()
    }
    expect([rig.client.state, rig.connection!.state]).toEqual([ClientState.Live, ConnectionState.Live])
    expect(rig.client.counts[SessionCount.HeartbeatsReceived]).toBeGreaterThan(50)
    expect(rig.connection!.counts[SessionCount.HeartbeatsReceived]).toBeGreaterThan(50)
  })

  it('of 15 seconds ends a connection', () => {
    const rig = new SessionRig()
    rig.connect()
    rig.move()
    rig.passMs(14_999)
    expect([rig.client.tick(), rig.connection!.tick()]).toEqual([SessionEvent.None, SessionEvent.None])
    rig.passMs(1)
    expect([rig.client.tick(), rig.connection!.tick()]).toEqual([SessionEvent.Failed, SessionEvent.Failed])
    expect(rig.client.failure).toBe(SessionFailure.Silence)
  })
})

describe('the end', () => {
  it('of a session is told behind the last message', () => {
    const rig = new SessionRig()
    rig.connect()
    rig.move()
    rig.emit('last')
    rig.logins.isEnded = true
    rig.move()
    expect(rig.heardByClient).toEqual(['last'])
    expect(rig.clientEvents).toEqual([SessionEvent.LoggedIn, SessionEvent.Ended])
    expect(rig.client.isEnded).toBe(true)
  })

  it('of a connection may be asked for by the client', () => {
    const rig = new SessionRig()
    rig.connect()
    rig.move()
    rig.client.logout()
    rig.move()
    expect(rig.serverEvents).toEqual([SessionEvent.LoggedIn, SessionEvent.Ended])
  })
})

it('a server takes no packet longer than it was told', () => {
  const rig = new SessionRig({}, { packetBytesMax: 64 })
  rig.connect()
  rig.move()
  rig.inject(packet(SoupType.UnsequencedData, 'x'.repeat(61)))
  rig.inject(packet(SoupType.UnsequencedData, 'x'.repeat(62)))
  for (let i = 0; i < 5; i++) rig.move()
  expect(rig.heardByServer).toEqual(['x'.repeat(61)])
  expect(rig.connection!.failure).toBe(SessionFailure.BadPacket)
})

it('debug packets are counted and otherwise nothing', () => {
  const connection = new SoupConnection(new SoupLogins('S', []))
  connection.connected()
  connection.receive.bytes.set(packet(SoupType.Debug, 'hello'), 0)
  connection.arrived(8)
  expect(connection.next()).toBe(SessionEvent.None)
  expect(connection.counts[SessionCount.DebugPackets]).toBe(1)
  expect(SESSION_COUNT_NAMES.length).toBe(SessionCount.Count)
})
