import { connect } from 'node:net'
import { describe, expect, test } from 'vitest'
import { controlVenue } from '../../../appliance/venue/venue-control.ts'
import { describeVenue } from '../../../appliance/venue/venue-facts.ts'
import { noFaults } from '../../../appliance/venue/venue-faults.ts'
import { GeneratedFlow } from '../../../feeds/exchange/generated-flow.ts'
import { OuchVersion } from '../../../feeds/ouch/versions.ts'
import { SessionEvent } from '../../../feeds/soupbintcp/session/session-counts.ts'
import { FeedFollower, findDifferences } from '../../feeds/exchange/support/feed-follower.ts'
import { describeResponse, requestOf, type TestOrder } from '../../feeds/exchange/support/orders.ts'
import { TestRandom } from '../../support/test-random.ts'
import { messagesIn } from './support/line-receiver.ts'
import { SoupPeer, until } from './support/soup-peer.ts'
import { type RunningVenue, startVenue } from './support/test-venue.ts'

const SESSION = 'VENUE     '
const MINUTE_NS = 60e9

function generatedDay() {
  return new GeneratedFlow({
    seed: 8,
    symbols: 5,
    messages: 8000,
    startTimeNs: 560 * MINUTE_NS,
    openTimeNs: 562 * MINUTE_NS,
    closeTimeNs: 570 * MINUTE_NS,
    endTimeNs: 572 * MINUTE_NS,
  })
}

/** Asks for what neither line has brought until all of the session is there. */
async function fillGaps({ venue, ports, a, b }: RunningVenue): Promise<Map<number, Buffer>> {
  for (;;) {
    const messages = messagesIn([...a.datagrams, ...b.datagrams], SESSION)
    const { count } = venue.exchange.publisher.log
    let missing = 0
    for (let sequence = 1; sequence <= count && missing < 40; sequence++) {
      if (messages.has(sequence)) continue
      a.ask(ports.request, SESSION, sequence, 20)
      missing++
      sequence += 19
    }
    if (missing === 0) return messages
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

function keptMessages({ venue }: RunningVenue): Buffer[] {
  const { log } = venue.exchange.publisher
  return Array.from({ length: log.count }, (_, i) => {
    const start = log.startOf(i + 1)
    return Buffer.from(log.bytes.subarray(start, start + log.lengthOf(i + 1)))
  })
}

function textsOf(peer: SoupPeer, version: OuchVersion): string[] {
  return peer.messages.map((bytes) => describeResponse(version, bytes)).filter((text) => text !== 'S')
}

async function logIn(running: RunningVenue, username: string, password: string): Promise<SoupPeer> {
  const peer = new SoupPeer({ username, password })
  peer.connect(running.ports.ouch)
  await until(() => peer.events.length > 0)
  return peer
}

const sender = (peer: SoupPeer, version: OuchVersion) => (type: string, order: TestOrder) =>
  peer.send(requestOf(version, type, order))

describe('the feed', () => {
  test('is whole on lines that lose, double and swap packets, with what is asked for again', {
    timeout: 60_000,
  }, async () => {
    const faults = noFaults()
    Object.assign(faults.a, { loss: 0.3, duplicate: 0.1, reorder: 0.1 })
    Object.assign(faults.b, { loss: 0.3, delayMs: 3 })
    const running = await startVenue({ flow: generatedDay(), speed: Number.POSITIVE_INFINITY, faults })
    await until(() => running.venue.exchange.isOver)
    const messages = await fillGaps(running)
    expect([...messages].sort(([left], [right]) => left - right).map(([, bytes]) => bytes)).toEqual(
      keptMessages(running),
    )
    const { feed, breaks } = describeVenue(running.venue)
    expect(breaks).toEqual([])
    expect(feed.lines[0]!.lost).toBeGreaterThan(0)
    expect(feed.lines[0]!.duplicated).toBeGreaterThan(0)
    expect(feed.lines[0]!.reordered).toBeGreaterThan(0)
    expect(feed.lines[1]!.delayed).toBeGreaterThan(0)
    expect(feed.requestedMessages).toBeGreaterThan(0)
    await running.done
    await until(() => running.b.datagrams.some((bytes) => bytes.readUInt16BE(18) === 0xffff))
  })

  test('joined to a snapshot gives the book', async () => {
    const running = await startVenue()
    const peer = await logIn(running, 'new', 'two')
    const send = sender(peer, OuchVersion.V50)
    for (let i = 1; i <= 40; i++)
      send('O', { name: i, isBuy: i % 2 === 0, price: 1_000_000 + (i % 2 === 0 ? -i : i) * 100 })
    await until(() => peer.messages.length === 41)
    const glimpse = new SoupPeer({ username: 'new', password: 'two' })
    glimpse.connect(running.ports.glimpse)
    await until(() => glimpse.messages.at(-1)?.[0] === 'G'.charCodeAt(0))
    for (let i = 1; i <= 20; i++) send('X', { name: i, shares: 0 })
    await until(() => peer.messages.length === 61)
    const follower = new FeedFollower()
    for (const bytes of glimpse.messages.slice(0, -1)) follower.take(bytes, 0, bytes.length)
    const next = Number(glimpse.messages.at(-1)!.toString('latin1', 1))
    const messages = await fillGaps(running)
    for (let sequence = next; messages.has(sequence); sequence++) {
      follower.take(messages.get(sequence)!, 0, messages.get(sequence)!.length)
    }
    expect(findDifferences(running.venue.exchange, follower)).toEqual([])
    expect(running.venue.exchange.engine.liveCount).toBe(20)
  })

  test('refuses requests that are none', async () => {
    const running = await startVenue()
    const { a, ports, venue } = running
    a.ask(ports.request, 'OTHER     ', 1, 1)
    a.ask(ports.request, SESSION, 0, 1)
    a.ask(ports.request, SESSION, 1, 0)
    a.ask(ports.request, SESSION, 1_000_000, 5)
    a.send(Buffer.from('nonsense'), ports.request)
    a.send(Buffer.alloc(20, 0xff), ports.request)
    await until(() => describeVenue(venue).feed.requestsRefused === 6)
  })
})

describe('order entry', () => {
  test('takes orders of both versions, trades them, and repeats executions to the drop copy', async () => {
    const running = await startVenue()
    const copy = new SoupPeer({ username: 'AAAA', password: 'copy' })
    copy.connect(running.ports.dropCopy)
    const old = await logIn(running, 'old', 'one')
    const young = await logIn(running, 'new', 'two')
    const sendOld = sender(old, OuchVersion.V42)
    const sendYoung = sender(young, OuchVersion.V50)
    sendOld('O', { name: 1, isBuy: true, shares: 300, price: 1_000_000 })
    await until(() => old.messages.length === 2)
    sendYoung('O', { name: 1, isBuy: false, shares: 100, price: 1_000_000 })
    await until(() => young.messages.length === 3 && old.messages.length === 3)
    sendOld('U', { name: 2, previous: 1, shares: 500, price: 1_000_100 })
    await until(() => old.messages.length === 4)
    sendOld('X', { name: 2, shares: 200 })
    await until(() => old.messages.length === 5)
    sendYoung('O', { name: 2, isBuy: false, shares: 500, price: 900_000, timeInForce: 0x33 })
    await until(() => young.messages.length === 6 && old.messages.length === 6)
    expect(textsOf(old, OuchVersion.V42)).toEqual([
      'A T1 300 1000000',
      'E T1 100 1000000 A',
      'U T2 400 1000100',
      'C T2 300 U',
      'E T2 100 1000100 A',
    ])
    expect(textsOf(young, OuchVersion.V50)).toEqual([
      'A T1 100 1000000',
      'E T1 100 1000000 R',
      'A T2 500 900000',
      'E T2 100 1000100 R',
      'C T2 400 I',
    ])
    await until(() => copy.messages.length === 4)
    expect(copy.messages).toEqual(old.messages.filter((bytes) => 'AUE'.includes(String.fromCharCode(bytes[0]!))))
    expect(describeVenue(running.venue).positions).toMatchObject([
      { user: 'old', shares: { AAA: 200 }, cash: -200_010_000 },
      { user: 'new', shares: { AAA: -200 }, cash: 200_010_000 },
    ])
  })

  test('goes on after a broken connection with the next message, and refuses a wrong password', async () => {
    const running = await startVenue()
    const peer = await logIn(running, 'old', 'one')
    const send = sender(peer, OuchVersion.V42)
    send('O', { name: 1, isBuy: true, price: 1_000_000 })
    await until(() => peer.messages.length === 2)
    expect(controlVenue(running.venue, running.faults, 'disconnect old')).toEqual({ disconnected: 1 })
    await until(() => !peer.isConnected)
    const young = await logIn(running, 'new', 'two')
    sender(young, OuchVersion.V50)('O', { name: 1, isBuy: false, price: 1_000_000 })
    await until(() => young.messages.length === 3)
    peer.connect(running.ports.ouch)
    await until(() => peer.messages.length === 3)
    expect(textsOf(peer, OuchVersion.V42)).toEqual(['A T1 100 1000000', 'E T1 100 1000000 A'])
    const stranger = await logIn(running, 'old', 'two')
    expect(stranger.events).toEqual([SessionEvent.LoginRejected])
  })

  test('cancels what a user has when its connection breaks, where that is asked for', async () => {
    const running = await startVenue({ cancelOnDisconnect: true })
    const peer = await logIn(running, 'old', 'one')
    sender(peer, OuchVersion.V42)('O', { name: 1, isBuy: true, price: 1_000_000 })
    await until(() => peer.messages.length === 2)
    peer.destroy()
    await until(() => running.venue.exchange.engine.liveCount === 0)
    const again = await logIn(running, 'old', 'one')
    await until(() => again.messages.length === 3)
    expect(textsOf(again, OuchVersion.V42).at(-1)).toBe('C T1 100 S')
  })

  test('answers late, rejects without reason and halts on demand', async () => {
    const running = await startVenue()
    const { venue, faults } = running
    const peer = await logIn(running, 'new', 'two')
    const send = sender(peer, OuchVersion.V50)
    controlVenue(venue, faults, 'fault reject=1')
    venue.step()
    send('O', { name: 1 })
    await until(() => peer.messages.length === 2)
    controlVenue(venue, faults, 'fault reject=0')
    expect(controlVenue(venue, faults, 'halt AAA')).toEqual({ halted: 'AAA' })
    venue.step()
    send('O', { name: 2 })
    await until(() => peer.messages.length === 3)
    controlVenue(venue, faults, 'resume AAA')
    controlVenue(venue, faults, 'fault ack-delay-ms=50')
    venue.step()
    send('O', { name: 3 })
    await until(() => peer.messages.length === 4)
    expect(textsOf(peer, OuchVersion.V50)).toEqual(['J T1 15', 'J T2 7', 'A T3 100 1000000'])
    expect(controlVenue(venue, faults, 'halt ZZZ')).toMatchObject({ why: 'there is no symbol "ZZZ"' })
    expect(controlVenue(venue, faults, 'fault nothing=1')).toMatchObject({ why: '"nothing" is no fault' })
    expect(controlVenue(venue, faults, 'dance')).toMatchObject({ why: '"dance" is no command' })
  })

  test('takes only so many connections', async () => {
    const { venue, ports } = await startVenue()
    for (let i = 0; i < 270; i++) {
      const idle = connect(ports.ouch, '127.0.0.1')
      idle.on('error', () => {})
      idle.resume()
    }
    await until(() => describeVenue(venue).ports.ouch.connectionsRefused === 270 - 256)
  })

  test('forgets who never logs in', async () => {
    const { venue, ports } = await startVenue({ sessionTimes: { heartbeatMs: 1000, silenceMs: 15_000, loginMs: 50 } })
    const idle = connect(ports.ouch, '127.0.0.1')
    idle.resume()
    await new Promise((resolve) => idle.on('close', resolve))
    expect(describeVenue(venue).ports.ouch).toMatchObject({ loginTimeout: 1 })
  })

  test('hangs up on who does not hang up', async () => {
    const { venue, ports } = await startVenue()
    const half = connect({ port: ports.ouch, host: '127.0.0.1', allowHalfOpen: true })
    half.on('error', () => {})
    half.resume()
    half.write(Buffer.alloc(10, 0x7f))
    await until(() => describeVenue(venue).ports.ouch.badPacket === 1)
    await until(() => describeVenue(venue).ports.ouch.connectionsOpen === undefined)
    half.destroy()
  })

  test('survives nonsense on every port', { timeout: 60_000 }, async () => {
    const running = await startVenue()
    const { venue, ports } = running
    const random = new TestRandom(12)
    const peer = await logIn(running, 'new', 'two')
    for (let i = 0; i < 300; i++) {
      const bytes = requestOf(OuchVersion.V50, 'OUXM'[random.below(4)]!, { name: i + 1, previous: i })
      for (let flips = random.below(4); flips >= 0; flips--) {
        bytes[random.below(bytes.length)]! ^= 1 << random.below(8)
      }
      peer.send(bytes.subarray(0, 1 + random.below(bytes.length)))
    }
    await until(() => describeVenue(venue).requests.taken === 300)
    for (const port of [ports.ouch, ports.dropCopy, ports.glimpse]) {
      const stranger = connect(port, '127.0.0.1')
      stranger.end(Buffer.alloc(4000, 0x7f))
      stranger.resume()
      await new Promise((resolve) => stranger.on('close', resolve))
    }
    sender(peer, OuchVersion.V50)('Q', { name: 0 })
    await until(() => peer.messages.some((bytes) => bytes[0] === 'Q'.charCodeAt(0)))
    const facts = describeVenue(venue)
    expect(facts.requests.faults).toBeGreaterThan(0)
    expect(facts.breaks).toEqual([])
    expect(facts.ports.dropCopy.badPacket).toBe(1)
  })
})
