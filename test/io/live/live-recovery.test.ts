import { describe, expect, test } from 'vitest'
import { OuchCancelReason } from '../../../feeds/ouch/codes.ts'
import { Held } from '../../../kernels/io/gate/exposure.ts'
import { Limit } from '../../../kernels/io/gate/limit.ts'
import { HaltCause } from '../../../kernels/io/live/safeguards.ts'
import { CommandCode } from '../../../kernels/records/catalogue.ts'
import { StateSaver } from '../../../kernels/records/state-archive.ts'
import { Random, testSeed } from '../../storage/support/random.ts'
import { RIG_CONFIG } from './support/live-rig.ts'
import { RecoveringRig } from './support/recovering-rig.ts'

/* A live I/O kernel dies at random moments; one successor begins with the newest snapshot, another goes through the whole journal. */

const PLUGIN = new URL('plugins/any-trader.ts', import.meta.url).pathname
const BIDS = new URL('plugins/bid-once.ts', import.meta.url).pathname
const SEED = testSeed()
const REPLAY = `replay with XK_SEED=${SEED} npx vitest run test/io/live/live-recovery.test.ts`
const COPY = { server: '127.0.0.1:2', username: 'FIRM', password: 'copy', patienceMs: 500, onBreak: 'halt' } as const
const OPENED = 300
const DAY = {
  positions: [{ strategy: 1, symbol: 'ZVZZT', quantity: OPENED, averagePrice: 100 }],
  terms: [{ symbol: 'ZVZZT', tickSize: 0.01, lot: 1, isRestricted: false }],
}
/** Orders outlive their connection, so that there is something to be found again. */
const KEEPING = { dropCopy: COPY, entry: { ...RIG_CONFIG.entry, cancelsOnDisconnect: false }, day: DAY }

class Disturber {
  readonly #rig: RecoveringRig
  readonly #random: Random
  #reference = 100

  constructor(rig: RecoveringRig, random: Random) {
    this.#rig = rig
    this.#random = random
  }

  /** Something happens. */
  act(): void {
    const rig = this.#rig
    const random = this.#random
    const order = this.#anyOrder()
    switch (random.below(12)) {
      case 0:
      case 1:
        if (order !== undefined) rig.venue.fill(order, 1 + random.below(150))
        break
      case 2:
        if (order !== undefined) rig.venue.cancel(order, order.open, OuchCancelReason.Closed)
        break
      case 3:
        rig.venue.answersAtOnce = random.below(3) > 0
        while (rig.venue.answersAtOnce && rig.venue.waiting.length > 0) rig.venue.answer()
        break
      case 4:
        rig.venue.answer(random.below(4) === 0)
        break
      case 5:
        this.#command()
        break
      default:
        if (random.below(2) === 0) rig.move(this.#reference++, 'B', 1_000_000 - random.below(5) * 100)
        else rig.move(this.#reference++, 'S', 1_010_000 + random.below(5) * 100)
    }
    rig.run(random.below(4))
  }

  #anyOrder() {
    const open = [...this.#rig.venue.orders.values()].filter((order) => order.open > 0)
    return open[this.#random.below(open.length)]
  }

  #command(): void {
    const code = [CommandCode.Kill, CommandCode.Release, CommandCode.CancelAll, CommandCode.SetLimit][
      this.#random.below(4)
    ]!
    if (code === CommandCode.SetLimit)
      this.#rig.say({ code, limit: Limit.MaxQuantity, value: 1000 + this.#random.below(4000) })
    else this.#rig.say({ code, strategy: code === CommandCode.CancelAll ? 0 : 1 })
    if (code === CommandCode.Kill) this.#rig.say({ code: CommandCode.Release, strategy: 1 })
  }
}

function positions(rig: RecoveringRig): number {
  const { exposure } = rig.live.gate.state
  return exposure.cells[exposure.at(1) + Held.Position]!
}

function sharesAtVenue(rig: RecoveringRig): number {
  let shares = 0
  for (const { side, executed } of rig.venue.orders.values()) shares += side === 0x42 ? executed : -executed
  return shares
}

/** Lets the venue answer everything, and tell by a heartbeat that there is no more. */
function settle(rig: RecoveringRig): void {
  rig.venue.answersAtOnce = true
  while (rig.venue.waiting.length > 0) rig.venue.answer()
  rig.run(1200)
}

describe('an I/O kernel that dies in a live session', () => {
  test.each([0, 1, 2, 3])('comes back the same from a snapshot and from the whole journal, sequence %i', async (n) => {
    const random = new Random(SEED + n)
    const rig = await RecoveringRig.trading(PLUGIN, 20, KEEPING)
    const disturber = new Disturber(rig, random)
    let fromSnapshots = 0
    for (let death = 0; death < 4; death++) {
      for (let i = 20 + random.below(60); i > 0; i--) disturber.act()
      rig.die()
      const whole = await rig.succeed(false)
      const expected = rig.state()
      rig.die()
      const short = await rig.succeed(true)
      expect(short.last, REPLAY).toBe(whole.last)
      expect(rig.state(), REPLAY).toEqual(expected)
      if (short.from > 0) fromSnapshots++
      settle(rig)
    }
    expect(rig.notes, REPLAY).toEqual([])
    expect(fromSnapshots, REPLAY).toBe(4)
    expect(rig.venue.orders.size, REPLAY).toBeGreaterThan(20)
    expect(positions(rig), REPLAY).toBe(OPENED + sharesAtVenue(rig))
    const open = [...rig.venue.orders.values()].filter((order) => order.open > 0)
    expect(rig.live.gateway.orders.openCount, REPLAY).toBe(open.length)
    expect(rig.live.gate.state.openOrders.count, REPLAY).toBe(open.length)
    expect(rig.live.dropCopy!.breaks.count, REPLAY).toBe(0)
    expect(rig.live.dropCopy!.isSettled, REPLAY).toBe(true)
  })
})

test.each([true, false])(
  'the orders of the dead kernel count as left alone from its last record on, snapshots %j',
  async (uses) => {
    const rig = await RecoveringRig.trading(BIDS, 5)
    rig.run(1000)
    rig.die()
    await rig.succeed(uses)
    rig.run(50)
    const { counts } = rig.live.safeguards
    expect(counts[HaltCause.Disconnected]).toBe(1)
    const tookNs = rig.live.kernel.cancels.longestNs[HaltCause.Disconnected]!
    expect(tookNs).toBeGreaterThan(0)
    // The rig's clock records are 100 ms apart, and a turn is one millisecond.
    expect(tookNs).toBeLessThan(1e9)
  },
)

/** A rig with an order in the market and snapshots, of which nothing can be told apart but the last ones. */
async function withSnapshots(): Promise<RecoveringRig> {
  const rig = await RecoveringRig.trading(BIDS, 5, KEEPING)
  rig.run(1000)
  expect(rig.store.findLatest()).toBeDefined()
  return rig
}

function snapshotNames(rig: RecoveringRig): string[] {
  return rig.journal.list().filter((name) => name.startsWith('io-'))
}

function flip(rig: RecoveringRig, name: string): void {
  const { seen } = rig.journal.files.get(name)!
  seen[seen.length - 9]! ^= 4
}

/** A snapshot of the kernel as it stands, changed by the test. */
function payloadOf(rig: RecoveringRig): Uint8Array {
  const saver = new StateSaver(1 << 26)
  rig.live.kernel.archive(saver)
  return saver.bytes.slice()
}

describe('a successor that finds snapshots of no use', () => {
  test('takes the one before a damaged one, and says so', async () => {
    const rig = await withSnapshots()
    const [older, newer] = snapshotNames(rig).sort()
    flip(rig, newer!)
    rig.die()
    const { from } = await rig.succeed(true)
    expect(older).toContain(String(from))
    expect(rig.notes).toEqual([`${newer} is not sound, or not of this run: passed over`])
  })

  test('goes through the whole journal when all are damaged, and says so', async () => {
    const rig = await withSnapshots()
    rig.die()
    await rig.succeed(false)
    const expected = rig.state()
    for (const name of snapshotNames(rig)) flip(rig, name)
    rig.die()
    expect((await rig.succeed(true)).from).toBe(0)
    expect(rig.notes).toHaveLength(2)
    expect(rig.state()).toEqual(expected)
  })

  test('gives one up that makes something else of what was published', async () => {
    const rig = await withSnapshots()
    const { leaves } = rig.live.gateway.orders
    const [before] = leaves
    leaves[0] = 77
    const payload = payloadOf(rig)
    leaves[0] = before!
    const { lastOutbound, facts } = rig.live.kernel
    rig.store.write({ inboundSequence: facts[0]!, outboundSequence: lastOutbound }, payload)
    const [order] = rig.venue.orders.values()
    rig.venue.fill(order!, 40)
    // Nothing newer takes its place.
    rig.live.kernel.barrier = undefined
    rig.run(20)
    rig.die()
    expect((await rig.succeed(true)).from).toBe(0)
    expect(rig.notes.join()).toMatch(/^the snapshot at \d+ is given up, all is gone through: .*filled was published/i)
    settle(rig)
    expect(positions(rig)).toBe(OPENED + 40)
    expect(rig.live.gateway.orders.leaves[0]).toBe(60)
  })

  test('gives one up whose state is none of this kernel', async () => {
    const rig = await withSnapshots()
    const payload = payloadOf(rig)
    const { lastOutbound, facts } = rig.live.kernel
    rig.store.write(
      { inboundSequence: facts[0]!, outboundSequence: lastOutbound },
      payload.subarray(0, payload.length - 8),
    )
    rig.die()
    expect((await rig.succeed(true)).from).toBe(0)
    expect(rig.notes.join()).toContain('the saved state ends early')
  })
})

test('a barrier waits until what the venue has told is on the ring, and orders do not wait for it', async () => {
  const rig = await RecoveringRig.trading(BIDS, 1, KEEPING)
  rig.run(50)
  const { kernel, gateway } = rig.live
  const takenAt: number[] = []
  const { barrier } = rig.live.kernel
  kernel.barrier = {
    advance: (facts: Float64Array) => barrier!.advance(facts),
    take: (taker: typeof kernel) => {
      takenAt.push(gateway.responses.length + rig.live.gate.state.wishes.count)
      barrier!.take(taker)
    },
  } as typeof barrier
  for (let i = 0; i < 3; i++) rig.move(10 + i, 'B', 1_000_100 + i * 100)
  rig.run(30)
  expect(rig.venue.orders.size).toBe(3)
  expect(takenAt.length).toBeGreaterThan(2)
  expect(takenAt.every((waiting) => waiting === 0)).toBe(true)
})
