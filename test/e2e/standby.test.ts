import { join } from 'node:path'
import { kill } from 'node:process'
import { beforeAll, expect, test } from 'vitest'
import type { ReplayResult } from '../../appliance/run/types.ts'
import { findPackageRoot } from '../../kernels/host/package-root.ts'
import { TestRandom } from '../support/test-random.ts'
import { createTempFolder, nextInstance, replayJson, runXk, startXk, waitForRecords } from './support/run-xk.ts'
import { writeSampleDay } from './support/sample-day.ts'
import { holdFeed, killStrategy, waitForStandby } from './support/standby.ts'

/*
 * A standby of the strategy kernel in real processes: the live one is killed with -9 at moments that a seed chooses, and what
 * the journal holds is what an undisturbed run decides.
 */

const SEED = Number(process.env.XK_SEED ?? 20_264)
const RUNS = Number(process.env.XK_KILL_RUNS ?? 1)
const DEADLINE_MS = 180_000
const ON = ['--set', 'supervisor.standby=on']
/** A kernel that is stopped for as long as something takes does not hang. */
const PATIENT = ['--set', `supervisor.heartbeatTimeoutMs=${DEADLINE_MS}`]

const folder = createTempFolder('standby')
let day = ''
let undisturbed: ReplayResult

beforeAll(async () => {
  day = await writeSampleDay(folder, 25_000)
  undisturbed = await replayJson([day, '--layout', 'inline'], folder)
})

/** Replays for some seconds with a standby, and does something to the kernels on the way. @throws when the run ends before that */
async function replayDisturbed(disturb: (instance: string) => Promise<void>, extra: readonly string[] = PATIENT) {
  const instance = nextInstance()
  const args = ['replay', day, '--json', '--instance', instance, '--speed', '250', ...ON, ...extra]
  const { ended } = startXk(args, folder)
  const disturbed = waitForRecords(instance, 2_000, DEADLINE_MS).then(() => disturb(instance))
  const tooSoon = ended.then(({ code, stderr }) => {
    throw new Error(`the run ended with ${code} before it was disturbed: ${stderr}`)
  })
  await Promise.race([disturbed, tooSoon])
  tooSoon.catch(() => {}) // it ends afterwards, as it should
  const run = await ended
  expect(run.code, run.stderr).toBe(0)
  return { run, result: JSON.parse(run.stdout) as ReplayResult }
}

async function expectUndisturbed(result: ReplayResult): Promise<void> {
  expect(result.inbound).toEqual(undisturbed.inbound)
  expect(result.outbound).toEqual(undisturbed.outbound)
  expect(result.positions).toEqual(undisturbed.positions)
  const verified = await runXk(['journal', 'verify', result.journal.path, '--json'], folder)
  expect(verified.code).toBe(0)
}

test('compares every decision of an undisturbed run', { timeout: DEADLINE_MS }, async () => {
  const result = await replayJson([day, ...ON, ...PATIENT], folder)
  await expectUndisturbed(result)
  const none = { differences: 0, takeovers: [], restartsNs: [], started: 1, standing: 'level' }
  expect(result.standby).toMatchObject({ ...none, compared: undisturbed.outbound.records })
})

test.each(Array.from({ length: RUNS }, (_, run) => SEED + run))(
  'takes over from a live kernel killed with -9, and so does the next from it: XK_SEED=%i XK_KILL_RUNS=1',
  { timeout: DEADLINE_MS },
  async (seed) => {
    const random = new TestRandom(seed)
    const { run, result } = await replayDisturbed(async (instance) => {
      await waitForRecords(instance, 2_000 + random.below(4_000), DEADLINE_MS)
      const first = await waitForStandby(instance)
      expect(await killStrategy(instance)).toBe(first)
      await waitForRecords(instance, 7_000 + random.below(3_000), DEADLINE_MS)
      await holdFeed(instance, async () => {
        const second = await waitForStandby(instance, first)
        expect(await killStrategy(instance)).toBe(second)
      })
    })
    await expectUndisturbed(result)
    expect(result.standby).toMatchObject({ differences: 0, restartsNs: [], started: 3 })
    expect(result.standby?.takeovers).toHaveLength(2)
    for (const { takeoverNs } of result.standby!.takeovers) expect(takeoverNs).toBeGreaterThan(0)
    expect(result.kernels.find(({ name }) => name === 'strategy')?.restarts).toBe(2)
    expect(run.stderr).toMatch(/its standby \(process \d+\) takes over/)
    const rerun = await runXk(['rerun', result.journal.path, '--json', '--layout', 'inline'], folder)
    expect(JSON.parse(rerun.stdout)).toMatchObject({ isSame: true })
  },
)

test('killed alone harms nothing, and another one is started', { timeout: DEADLINE_MS }, async () => {
  const { run, result } = await replayDisturbed((instance) =>
    holdFeed(instance, async () => {
      const first = await waitForStandby(instance)
      kill(first, 'SIGKILL')
      expect(await waitForStandby(instance, first)).not.toBe(first)
    }),
  )
  await expectUndisturbed(result)
  expect(result.standby).toMatchObject({ differences: 0, takeovers: [], started: 2 })
  expect(result.kernels.every(({ restarts }) => restarts === 0)).toBe(true)
  expect(run.stderr).toMatch(/the standby \(process \d+\) was killed by SIGKILL/)
})

test('one that does not move when it is to take over is given up', { timeout: DEADLINE_MS }, async () => {
  const { run, result } = await replayDisturbed(
    async (instance) => {
      kill(await waitForStandby(instance), 'SIGSTOP')
      await killStrategy(instance)
    },
    ['--set', 'supervisor.heartbeatTimeoutMs=3000'],
  )
  await expectUndisturbed(result)
  expect(result.standby?.restartsNs.length).toBe(1)
  expect(run.stderr).toContain('standby on its way to the strategy kernel’s place')
})

test('takes over without the strategy that never returns', { timeout: DEADLINE_MS }, async () => {
  const plugin = join(findPackageRoot(), 'test', 'e2e', 'plugins', 'never-returns.ts')
  const args = ['--strategy', plugin, '--strategy', 'inventory-skew-maker', '--set', 'supervisor.hookBudgetMs=300']
  const result = await replayJson([day, ...args, ...ON, ...PATIENT], folder)
  expect(result.exitCode).toBe(6)
  expect(result.standby?.takeovers).toHaveLength(1)
  expect(result.strategies[0]?.stopped).not.toBeNull()
  expect(result.strategies[1]?.orders).toBeGreaterThan(10)
  const rerun = await runXk(['rerun', result.journal.path, '--json'], folder)
  expect(rerun.code, rerun.stderr).toBe(0)
})

test('is refused on one thread', async () => {
  const refused = await runXk(['replay', day, '--layout', 'inline', ...ON], folder)
  expect(refused.code).toBe(2)
  expect(refused.stderr).toContain('on one thread no kernel dies alone')
  expect(refused.stderr).toContain('next: ')
})
