import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { TestRandom } from '../support/test-random.ts'
import { expectSameLives, expectSameRerun, killKernel, trade, waitForRequests } from './support/live-box.ts'

/*
 * Rounds of a live session with the exchange in a box, each with faults of the venue and with kernels and connections killed at
 * moments that nobody chose: a seed says which and roughly when, the machine does the rest. Two rounds at a time: most of one is
 * waiting. `XK_BOX_ROUNDS` makes it more of them.
 */

const SEED = Number(process.env.XK_SEED ?? 5_042)
const ROUNDS = Number(process.env.XK_BOX_ROUNDS ?? 20)
const BLOWS = 2
const MOMENT_MS = 40
const REQUESTS_BETWEEN = 15
const DRAWS_ALIKE = 3
const FAULTS = [
  ['a.loss=0.1', 'b.loss=0.1'],
  ['a.reorder=0.1', 'b.duplicate=0.1', 'a.delay-ms=5'],
  ['reject=0.1'],
  ['ack-delay-ms=20'],
  ['halt-seconds=5'],
  ['disconnect-seconds=3'],
  ['reset-seconds=2'],
]

test.concurrent.each(Array.from({ length: ROUNDS }, (_, round) => SEED + round))(
  'what is traded through faults and deaths is what the venue knows: XK_SEED=%i XK_BOX_ROUNDS=1',
  { timeout: 180_000 },
  async (seed) => {
    const random = new TestRandom(seed)
    // The first draws of neighbouring seeds are the same: what goes wrong is taken in turns, and chance begins behind them.
    for (let i = 0; i < DRAWS_ALIKE; i++) random.below(1)
    const faults = FAULTS[seed % FAULTS.length]!.flatMap((fault) => ['--fault', fault])
    const blows: string[] = []
    const { result, venue } = await trade({
      version: random.below(2) === 0 ? 42 : 50,
      faults: [...faults, '--seed', String(seed)],
      disturb: async (instance, box) => {
        for (let blow = 0; blow < BLOWS; blow++) {
          const victim = (['io', 'io', 'strategy', 'storage', 'connection'] as const)[random.below(5)]!
          await sleep(random.below(MOMENT_MS))
          blows.push(victim)
          if (victim === 'connection') box.obey('disconnect firm')
          else await killKernel(instance, victim)
          await waitForRequests(instance, REQUESTS_BETWEEN)
        }
      },
    })
    const story = `${faults.join(' ')}, then ${blows.join(', ')}`
    if (ROUNDS > 1) console.log(`${seed}: ${story}: ${venue.orders.length} orders, ${result.fills} fills`)
    expectSameLives(result, venue)
    expect(result.live, story).toMatchObject({ illegalTransitions: {}, faults: {}, openOrders: 0, brokenBy: '' })
    await expectSameRerun(result)
  },
)
