import { describe, expect, test } from 'vitest'
import { CommandCode, RecordType } from '../../kernels/records/catalogue.ts'
import { TestRandom } from '../support/test-random.ts'
import { type Schedule, VirtualWorld, type WorldOptions } from './support/virtual-world.ts'

/* An I/O kernel is replaced in mid-session, again and again, by a fresh one with its archived state: nobody may notice. */

const SEED = Number(process.env.XK_SEED ?? 20_261)
const REPLAY = `replay with XK_SEED=${SEED} npx vitest run test/io/io-archive.test.ts`

const anyTurn: Schedule = (random) => ({
  who: (['io', 'strategy', 'storage'] as const)[random.below(3)]!,
  budget: 1 + random.below(6),
})

const command = (timeNs: number, code: CommandCode, strategy: number, symbol = '') => ({
  timeNs,
  code,
  strategy,
  symbol,
  limit: 0,
  value: 0,
  who: 'test',
  why: 'test',
})

function optionsOf(random: TestRandom, byPrice: boolean): WorldOptions {
  const latency = () => 200 + random.below(3_000)
  return {
    latencies: {
      feedLatencyNs: latency(),
      entryLatencyNs: latency(),
      responseLatencyNs: latency(),
      gateLatencyNs: latency(),
    },
    marketSeed: random.below(1 << 20),
    marketRecords: 300,
    byPrice,
    stepNsMax: 2_000,
    reactOneIn: 3,
    inboundBytes: 1 << 14,
    outboundBytes: 1 << 14,
    gate: { duplicatesMax: 4, executionsMax: 100, selfMatch: 'cancelOldest' },
    commands: [
      command(1_100_000, CommandCode.Kill, 1),
      command(1_150_000, CommandCode.Release, 1),
      command(1_250_000, CommandCode.CancelAll, 0),
    ],
  }
}

describe.each([
  ['by orders', false],
  ['by price', true],
])('a market %s', (_name, byPrice) => {
  test.each([10, 30])(
    'replaced about every %i records, the session is the same',
    { timeout: 120_000 },
    (renewEvery) => {
      const options = optionsOf(new TestRandom(SEED + renewEvery), byPrice)
      const calm = new VirtualWorld(options)
      const expected = calm.run(anyTurn, SEED)
      expect(calm.count(RecordType.Filled), REPLAY).toBeGreaterThan(5)
      const renewed = new VirtualWorld({ ...options, renewEvery })
      expect(renewed.run(anyTurn, SEED), REPLAY).toBe(expected)
      expect(renewed.renewals).toBeGreaterThan(5)
    },
  )
})
