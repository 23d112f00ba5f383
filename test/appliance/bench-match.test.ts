import { expect, test } from 'vitest'
import { runXk } from './run-xk.ts'

test('xk bench match gives the mix that it says', { timeout: 60_000 }, async () => {
  const args = ['bench', 'match', '--resting', '20000', '--orders', '20000', '--repetitions', '1', '--json']
  const run = await runXk(args)
  expect(run.stderr).toBe('')
  const result = JSON.parse(run.stdout)
  expect(result).toMatchObject({ restingOrders: 20_000, ordersPerRound: 20_000, rounds: 1, instruments: 1000 })
  const { passive, immediate, cancel, replace } = result.shares
  for (const [share, aim] of [
    [passive, 0.09],
    [immediate, 0.03],
    [cancel, 0.06],
    [replace, 0.82],
  ]) {
    expect(Math.abs(share - aim)).toBeLessThan(0.01)
  }
  for (const rate of [
    'ordersPerSecond',
    'ordersPerCpuSecond',
    'withFeedOrdersPerSecond',
    'withFeedOrdersPerCpuSecond',
  ]) {
    expect(result[rate]).toBeGreaterThan(0)
  }
  expect(result.executions).toBeGreaterThan(0)
})
