import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import type { ReplayResult } from '../../appliance/run/types.ts'
import { findPackageRoot } from '../../kernels/host/package-root.ts'
import { createTempFolder, nextInstance, runXk } from './support/run-xk.ts'
import { writeSampleDay } from './support/sample-day.ts'

/* A plugin that misbehaves is stopped alone; the journal holds everything; the exit code says so. */

const folder = createTempFolder('plugins')
const plugins = join(findPackageRoot(), 'test', 'e2e', 'plugins')
let day = ''

beforeAll(async () => {
  day = await writeSampleDay(folder, 15_000)
})

async function replay(args: readonly string[]): Promise<{ code: number | null; stderr: string; result: ReplayResult }> {
  const run = await runXk(['replay', day, '--json', '--instance', nextInstance(), ...args], folder)
  expect(run.stderr).not.toMatch(/\n\s+at /)
  return { code: run.code, stderr: run.stderr, result: JSON.parse(run.stdout) as ReplayResult }
}

async function expectWhole(result: ReplayResult): Promise<void> {
  const verified = await runXk(['journal', 'verify', result.journal.path, '--json'], folder)
  expect(verified.code).toBe(0)
}

describe('a strategy that throws', () => {
  const args = ['--strategy', join(plugins, 'throws-once.ts'), '--strategy', 'inventory-skew-maker']

  test.each(['inline', 'processes'])('is stopped alone, the other goes on: %s', { timeout: 60_000 }, async (layout) => {
    const { code, result } = await replay([...args, '--layout', layout])
    expect(code).toBe(6)
    const [thrower, maker] = result.strategies
    expect(thrower?.stopped?.reason).toContain('no such thing as a free lunch')
    expect(maker?.stopped).toBeNull()
    expect(maker?.orders).toBeGreaterThan(10)
    await expectWhole(result)
    const rerun = await runXk(['rerun', result.journal.path, '--json'], folder)
    expect(rerun.code).toBe(0)
  })

  test('loses its orders', async () => {
    const { result } = await replay([...args, '--layout', 'inline'])
    const dump = await runXk(['journal', 'dump', result.journal.path, '--stream', 'outbound', '--json'], folder)
    expect(dump.stdout).toContain('massCancel')
    expect(dump.stdout).toContain('free lunch')
  })
})

test('a strategy that never returns is killed with its kernel and disabled on restart', {
  timeout: 60_000,
}, async () => {
  const { code, stderr, result } = await replay([
    '--strategy',
    join(plugins, 'never-returns.ts'),
    '--strategy',
    'inventory-skew-maker',
    '--set',
    'supervisor.hookBudgetMs=300',
  ])
  expect(stderr).toMatch(/strategy 1 overran its 300 ms budget in onBook at inbound record \d+/)
  expect(code).toBe(6)
  expect(result.kernels.find((kernel) => kernel.name === 'strategy')?.restarts).toBe(1)
  expect(result.strategies[0]?.stopped).not.toBeNull()
  expect(result.strategies[1]?.orders).toBeGreaterThan(10)
  await expectWhole(result)
  const rerun = await runXk(['rerun', result.journal.path, '--json'], folder)
  expect(rerun.code).toBe(0)
})

describe('a strategy that cannot be started', () => {
  test.each([
    ['is missing', ['--strategy', './nowhere.ts'], /nowhere\.ts/],
    ['does not parse', ['--strategy', join(plugins, 'broken-syntax.txt')], /broken-syntax/],
    ['uses the clock', ['--strategy', join(plugins, 'uses-date.ts')], /Date is not available in a strategy/],
    ['imports node:fs', ['--strategy', join(plugins, 'imports-node.ts')], /node:fs/],
    ['has no such parameter', ['--strategy', 'inventory-skew-maker', '--params', 'sise=3'], /size/],
    ['has another kind of parameter', ['--strategy', 'inventory-skew-maker', '--params', 'size=many'], /size/],
  ])('because it %s', async (_, args, message) => {
    const run = await runXk(['replay', day, '--layout', 'inline', ...args], folder)
    expect(run.stderr).toMatch(message)
    expect(run.stderr).not.toMatch(/\n\s+at /)
    expect([2, 3, 6]).toContain(run.code)
  })
})
