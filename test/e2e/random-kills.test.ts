import { kill } from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, expect, test } from 'vitest'
import type { ReplayResult } from '../../appliance/run/types.ts'
import { TestRandom } from '../support/test-random.ts'
import {
  createTempFolder,
  findKernelPid,
  nextInstance,
  replayJson,
  runXk,
  startXk,
  waitForRecords,
} from './support/run-xk.ts'
import { writeSampleDay } from './support/sample-day.ts'

/*
 * Real processes, killed with -9 at moments that nobody chose: a seed says which kernels and roughly when, the machine does the
 * rest. `XK_KILL_RUNS` makes it more than a sample.
 */

const SEED = Number(process.env.XK_SEED ?? 20_262)
const RUNS = Number(process.env.XK_KILL_RUNS ?? 1)
const KILLS_PER_RUN = 4
const KERNELS = ['io', 'strategy', 'storage'] as const
/** Each kill has a range of so many records of its own. */
const RECORDS_BETWEEN = 8_000
const MOMENT_MS = 40
const DEADLINE_MS = 120_000

const folder = createTempFolder('kills')
let day = ''
let undisturbed: ReplayResult

beforeAll(async () => {
  day = await writeSampleDay(folder)
  undisturbed = await replayJson([day, '--layout', 'inline'], folder)
})

test.each(Array.from({ length: RUNS }, (_, run) => SEED + run))(
  'kernels killed at random moments change nothing: XK_SEED=%i XK_KILL_RUNS=1',
  { timeout: DEADLINE_MS },
  async (seed) => {
    const random = new TestRandom(seed)
    const instance = nextInstance()
    const settings = ['supervisor.restartsMax=100', 'supervisor.heartbeatTimeoutMs=20000']
    const args = ['replay', day, '--json', '--instance', instance, '--speed', '400']
    const { ended } = startXk([...args, ...settings.flatMap((setting) => ['--set', setting])], folder)
    let isOver = false
    const run = ended.finally(() => {
      isOver = true
    })
    const killed: string[] = []
    for (let shot = 0; shot < KILLS_PER_RUN && !isOver; shot++) {
      const victim = KERNELS[random.below(3)]!
      const delayMs = random.below(MOMENT_MS)
      const records = 2_000 + shot * RECORDS_BETWEEN + random.below(RECORDS_BETWEEN)
      await Promise.race([run, waitForRecords(instance, records, DEADLINE_MS)])
      await sleep(delayMs)
      const pid = findKernelPid(instance, victim)
      if (pid === undefined) continue
      kill(pid, 'SIGKILL')
      killed.push(victim)
    }
    const { code, stdout, stderr } = await run
    expect(code, `killed ${killed.join(', ')}: ${stderr}`).toBe(0)
    const result = JSON.parse(stdout) as ReplayResult
    expect(result.inbound).toEqual(undisturbed.inbound)
    expect(result.outbound).toEqual(undisturbed.outbound)
    expect(result.positions).toEqual(undisturbed.positions)
    expect(result.kernels.reduce((sum, { restarts }) => sum + restarts, 0)).toBeLessThanOrEqual(killed.length)
    const verified = await runXk(['journal', 'verify', result.journal.path, '--json'], folder)
    expect(verified.code).toBe(0)
  },
)
