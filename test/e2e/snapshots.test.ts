import { join } from 'node:path'
import { kill } from 'node:process'
import { beforeAll, expect, test } from 'vitest'
import type { ReplayResult } from '../../appliance/run/types.ts'
import { findPackageRoot } from '../../kernels/host/package-root.ts'
import {
  createTempFolder,
  findKernelPid,
  nextInstance,
  replayJson,
  runXk,
  startXk,
  waitFor,
  waitForRecords,
} from './support/run-xk.ts'
import { writeSampleDay } from './support/sample-day.ts'

/* Snapshots of the strategy and the I/O kernel in real processes: they change nothing, and a killed kernel resumes from them. */

const folder = createTempFolder('snapshots')
const plugins = join(findPackageRoot(), 'test', 'e2e', 'plugins')
const EVERY = ['--set', 'snapshots.everyRecords=2000', '--set', 'snapshots.pauseMsMax=5000']
let day = ''
let undisturbed: ReplayResult
let kept: ReplayResult

beforeAll(async () => {
  day = await writeSampleDay(folder, 25_000)
  undisturbed = await replayJson([day, '--layout', 'inline'], folder)
  kept = await replayJson([day, '--layout', 'inline', ...EVERY], folder)
}, 120_000)

/** Kills a kernel twice; the second time its flight recorder tells how it came back from the first. */
async function replayKilledTwice(kernel: 'strategy' | 'io'): Promise<{ stderr: string; result: ReplayResult }> {
  const instance = nextInstance()
  const settings = [...EVERY, '--set', 'supervisor.heartbeatTimeoutMs=20000', '--speed', '250']
  const { ended } = startXk(['replay', day, '--json', '--instance', instance, ...settings], folder)
  await waitForRecords(instance, 5_000)
  const first = findKernelPid(instance, kernel)!
  kill(first, 'SIGKILL')
  await waitForRecords(instance, 11_000)
  const second = await waitFor('the successor', () => {
    const pid = findKernelPid(instance, kernel)
    return pid === first ? undefined : pid
  })
  kill(second, 'SIGKILL')
  const { code, stdout, stderr } = await ended
  expect(code, stderr).toBe(0)
  return { stderr, result: JSON.parse(stdout) as ReplayResult }
}

test('change no decision', () => {
  expect(kept.inbound).toEqual(undisturbed.inbound)
  expect(kept.outbound).toEqual(undisturbed.outbound)
  expect(kept.snapshots.strategy.taken).toBeGreaterThan(5)
  const none = { taken: 0, bytes: 0, pauseNsMax: 0 }
  expect(undisturbed.snapshots).toEqual({ strategy: none, io: none })
})

test.each(['strategy', 'io'] as const)(
  'the %s kernel resumes from the last one',
  { timeout: 120_000 },
  async (kernel) => {
    const { stderr, result } = await replayKilledTwice(kernel)
    expect(stderr).toMatch(/caught up from the snapshot at \d+ at inbound record/)
    expect(result.inbound).toEqual(undisturbed.inbound)
    expect(result.outbound).toEqual(undisturbed.outbound)
    expect(result.positions).toEqual(undisturbed.positions)
    expect(result.snapshots.io.taken).toBeGreaterThan(5)
  },
)

test('a strategy whose state cannot be kept is refused at the start', { timeout: 60_000 }, async () => {
  const args = ['--strategy', join(plugins, 'keeps-function.ts'), '--instance', nextInstance()]
  const refused = await runXk(['replay', day, ...args, ...EVERY], folder)
  expect(refused.code).toBe(6)
  expect(refused.stderr).toContain('state.limits.isWide is a function')
  expect(refused.stderr).toContain('next: ')
})
