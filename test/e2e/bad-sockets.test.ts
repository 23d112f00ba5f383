import { readFileSync } from 'node:fs'
import { afterEach, expect, test } from 'vitest'
import { TestRandom } from '../support/test-random.ts'
import {
  badAnswers,
  badBeginnings,
  badPackets,
  badRequests,
  floodDatagrams,
  HostileServer,
  openSilently,
  sayAndWait,
  sayHalfAndLeave,
} from './support/hostile-peers.ts'
import { expectSameLives, expectSameRerun, trade, type VenuePort, waitForRequests } from './support/live-box.ts'
import { findKernelPid } from './support/run-xk.ts'

/*
 * Strangers at every socket of the venue and of the appliance, while the two trade: what they say is counted, nobody dies or
 * grows, and what was traded is the same on both sides. Another seed: XK_SEED=<seed> npx vitest run test/e2e/bad-sockets.test.ts
 */

const SEED = Number(process.env.XK_SEED ?? 20_261_130)
const SESSION = 'XKVENUE'
/** Rounds that fill what is filled once (buffers, compiled code), and rounds behind them that must not make anything grow. */
const ROUNDS_FIRST = 2
const ROUNDS = 3
const FLOOD = 400
/** More than a port takes. */
const SILENT = 300
const REFUSED = 40
/** What resident memory may move by: allocators keep what was given back. */
const GROWTH_BYTES_MAX = 64 << 20
const PAGE_BYTES = 4096

const servers: HostileServer[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

function residentBytes(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * PAGE_BYTES
}

/** One round at every socket that listens. */
async function attack(
  ports: Readonly<Record<VenuePort, number>>,
  lines: readonly number[],
  random: TestRandom,
): Promise<void> {
  const tcp = [ports.ouch, ports.dropCopy, ports.glimpse]
  await Promise.all([
    ...tcp.flatMap((port) => badBeginnings(random).map((bytes) => sayAndWait(port, bytes))),
    ...tcp.map(sayHalfAndLeave),
    floodDatagrams(ports.request, badRequests(random, SESSION), FLOOD),
    ...lines.map((port) => floodDatagrams(port, badPackets(random, SESSION), FLOOD)),
  ])
}

/** Rounds side by side: most of a round is patience of the venue, which gives a stranger some seconds to say who it is. */
async function attackAtOnce(rounds: number, ...where: Parameters<typeof attack>): Promise<void> {
  await Promise.all(Array.from({ length: rounds }, () => attack(...where)))
}

test(`strangers at every socket are counted and change nothing (seed ${SEED})`, { timeout: 300_000 }, async () => {
  const random = new TestRandom(SEED)
  const answers = badAnswers(random)
  let ports: Readonly<Record<VenuePort, number>> | undefined
  const growth: Record<string, number> = {}
  const { result, venue } = await trade({
    version: 50,
    through: async (own) => {
      ports = own
      servers.push(new HostileServer(own.ouch, answers), new HostileServer(own.glimpse, answers))
      const [ouch, glimpse] = await Promise.all(servers.map((server) => server.open()))
      return { ...own, ouch: ouch!, glimpse: glimpse! }
    },
    disturb: async (instance, box) => {
      const watched: Record<string, number> = { venue: box.pid, io: findKernelPid(instance, 'live')! }
      await attackAtOnce(ROUNDS_FIRST, ports!, box.lines, random)
      const before = Object.entries(watched).map(([name, pid]) => [name, residentBytes(pid)] as const)
      await attackAtOnce(ROUNDS, ports!, box.lines, random)
      for (const [name, bytes] of before) growth[name] = residentBytes(watched[name]!) - bytes
      for (const port of [ports!.ouch, ports!.dropCopy, ports!.glimpse]) await openSilently(port, SILENT, REFUSED)
      await waitForRequests(instance, 20)
    },
  })
  for (const [name, bytes] of Object.entries(growth)) expect(bytes, name).toBeLessThan(GROWTH_BYTES_MAX)
  expect(Object.keys(growth)).toEqual(['venue', 'io'])
  expect(servers.map(({ mistreated }) => mistreated)).toEqual([answers.length, answers.length])

  const rounds = ROUNDS_FIRST + ROUNDS
  for (const port of ['ouch', 'dropCopy', 'glimpse'] as const) {
    const counts = venue.ports[port]
    expect(counts.badLogin, port).toBeGreaterThanOrEqual(6 * rounds)
    expect(counts.badPacket, port).toBeGreaterThanOrEqual(5 * rounds)
    expect(counts.connectionsRefused, port).toBeGreaterThanOrEqual(REFUSED)
  }
  expect(venue.feed.requestsRefused).toBeGreaterThan(rounds * FLOOD)
  expect(venue.breaks).toEqual([])

  const live = result.live!
  const { gapFill } = live.feed as { gapFill: Record<string, number> }
  expect(gapFill.foreign).toBeGreaterThan(0)
  expect(gapFill.dropped).toBeGreaterThan(0)
  expect(live.session.badPacket).toBeGreaterThan(0)
  expect(live.session.badLogin).toBeGreaterThan(0)
  expect(live).toMatchObject({ illegalTransitions: {}, faults: {}, openOrders: 0, brokenBy: '' })
  expectSameLives(result, venue)
  await expectSameRerun(result)
})
