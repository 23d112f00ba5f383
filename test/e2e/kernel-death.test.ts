import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { kill } from 'node:process'
import { beforeAll, describe, expect, test } from 'vitest'
import type { ReplayResult } from '../../appliance/run/types.ts'
import { RegionState } from '../../kernels/region/layout.ts'
import { closeRegion, openReadOnlyRegion } from '../../kernels/region/shared.ts'
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

/* Kernels are killed and stopped in the middle of a run: what the journal holds must be what an undisturbed run decides. */

const folder = createTempFolder('death')
let day = ''
let undisturbed: ReplayResult

beforeAll(async () => {
  // Several times the records after which kernels are killed, and no more: each run decides all of them with cold code.
  day = await writeSampleDay(folder, 12_000)
  undisturbed = await replayJson([day, '--layout', 'inline'], folder)
})

/** Replays for about four seconds and does something to the kernels on the way. */
async function replayDisturbed(
  disturb: (pidOf: (kernel: string) => number | undefined) => Promise<void>,
  extra: readonly string[] = [],
) {
  const instance = nextInstance()
  const args = ['replay', day, '--json', '--instance', instance, '--speed', '300']
  const { ended } = startXk([...args, '--set', 'supervisor.heartbeatTimeoutMs=20000', ...extra], folder)
  await waitForRecords(instance, 5_000)
  await disturb((kernel) => findKernelPid(instance, kernel))
  const run = await ended
  return { run, result: run.stdout.startsWith('{') ? (JSON.parse(run.stdout) as ReplayResult) : undefined }
}

function expectUndisturbed(result: ReplayResult | undefined): void {
  expect(result?.inbound).toEqual(undisturbed.inbound)
  expect(result?.outbound).toEqual(undisturbed.outbound)
  expect(result?.positions).toEqual(undisturbed.positions)
}

describe('kill -9', () => {
  test('of the strategy kernel: it resumes from the journal and decides the same', { timeout: 60_000 }, async () => {
    const { run, result } = await replayDisturbed(async (pidOf) => {
      kill(pidOf('strategy')!, 'SIGKILL')
    })
    expectUndisturbed(result)
    expect(result?.kernels.find((kernel) => kernel.name === 'strategy')?.restarts).toBe(1)
    expect(run.stderr).toContain('was killed by SIGKILL')
    expect(run.code).toBe(0)
  })

  test('of the storage kernel: nothing is missing from the journal', { timeout: 60_000 }, async () => {
    const { run, result } = await replayDisturbed(async (pidOf) => {
      kill(pidOf('storage')!, 'SIGKILL')
    })
    expectUndisturbed(result)
    expect(run.code).toBe(0)
    const verified = await runXk(['journal', 'verify', result!.journal.path, '--json'], folder)
    expect(verified.code).toBe(0)
  })

  test('of both, one after the other', { timeout: 60_000 }, async () => {
    const { result } = await replayDisturbed(async (pidOf) => {
      kill(pidOf('storage')!, 'SIGKILL')
      kill(pidOf('strategy')!, 'SIGKILL')
    })
    expectUndisturbed(result)
  })

  test('of the I/O kernel: it decides again what it had published, and goes on', { timeout: 60_000 }, async () => {
    const { run, result } = await replayDisturbed(async (pidOf) => {
      kill(pidOf('io')!, 'SIGKILL')
    })
    expect(run.code, run.stderr).toBe(0)
    expectUndisturbed(result)
    expect(result?.kernels.find((kernel) => kernel.name === 'io')?.restarts).toBe(1)
    const verified = await runXk(['journal', 'verify', result!.journal.path, '--json'], folder)
    expect(verified.code).toBe(0)
  })

  test('of all three at once', { timeout: 60_000 }, async () => {
    const { run, result } = await replayDisturbed(async (pidOf) => {
      for (const pid of ['io', 'strategy', 'storage'].map(pidOf)) kill(pid!, 'SIGKILL')
    })
    expect(run.code, run.stderr).toBe(0)
    expectUndisturbed(result)
  })

  test('of a kernel that may not come back: the run ends, the journal is whole, the exit code says so', {
    timeout: 60_000,
  }, async () => {
    const never = ['--set', 'supervisor.restartsMax=0']
    const { run, result } = await replayDisturbed(async (pidOf) => {
      kill(pidOf('io')!, 'SIGKILL')
    }, never)
    expect(run.code).toBe(7)
    expect(run.stderr).toContain('the io kernel')
    expect(run.stderr).not.toMatch(/\n\s+at /)
    const verified = await runXk(['journal', 'verify', result!.journal.path, '--json'], folder)
    expect(verified.code).toBe(0)
  })
})

test('a storage kernel that is stopped for a second holds the others up, no more', { timeout: 60_000 }, async () => {
  const { run, result } = await replayDisturbed(async (pidOf) => {
    const pid = pidOf('storage')!
    kill(pid, 'SIGSTOP')
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    kill(pid, 'SIGCONT')
  })
  expectUndisturbed(result)
  expect(run.code).toBe(0)
})

test('a strategy kernel that stands still is killed at the limit and comes back', { timeout: 60_000 }, async () => {
  const instance = nextInstance()
  const args = ['replay', day, '--json', '--instance', instance, '--speed', '300']
  const { ended } = startXk([...args, '--set', 'supervisor.heartbeatTimeoutMs=2500'], folder)
  await waitForRecords(instance, 5_000)
  kill(findKernelPid(instance, 'strategy')!, 'SIGSTOP')
  const run = await ended
  expect(run.stderr).toMatch(/the strategy kernel stood still for \d+ ms and is killed/)
  expectUndisturbed(JSON.parse(run.stdout))
})

describe('a successor that hangs while it prepares', () => {
  /** Kills a kernel, and stops the process that is started in its place before its loop turns. */
  async function hangSuccessor(instance: string, kernel: 'strategy' | 'storage'): Promise<void> {
    const killed = findKernelPid(instance, kernel)!
    kill(killed, 'SIGKILL')
    const successor = await waitFor(`another ${kernel} kernel`, () => {
      const pid = findKernelPid(instance, kernel)
      return pid === killed ? undefined : pid
    })
    kill(successor, 'SIGSTOP')
    const region = openReadOnlyRegion(`/dev/shm/xk-${instance}/${kernel}.region`)
    expect(region.ownerPid === successor && region.state === RegionState.Running).toBe(false)
    closeRegion(region)
  }

  async function replayHung(kernel: 'strategy' | 'storage', limits: readonly string[]) {
    const instance = nextInstance()
    const args = ['replay', day, '--json', '--instance', instance, '--speed', '300']
    const set = ['supervisor.heartbeatTimeoutMs=20000', ...limits].flatMap((limit) => ['--set', limit])
    const { ended } = startXk([...args, ...set], folder)
    await waitForRecords(instance, 5_000)
    await hangSuccessor(instance, kernel)
    return ended
  }

  test('is killed at the limit, and the next one goes on', { timeout: 60_000 }, async () => {
    const run = await replayHung('storage', ['supervisor.prepareTimeoutMs=5000', 'supervisor.restartsMax=10'])
    expect(run.stderr).toMatch(/the storage kernel was not ready within \d+ ms and is killed/)
    expect(run.code, run.stderr).toBe(0)
    const result = JSON.parse(run.stdout) as ReplayResult
    expectUndisturbed(result)
    expect(result.kernels.find(({ name }) => name === 'storage')?.restarts).toBeGreaterThanOrEqual(2)
  })

  test('ends the run when it was the last that may come back', { timeout: 60_000 }, async () => {
    const run = await replayHung('strategy', ['supervisor.prepareTimeoutMs=500', 'supervisor.restartsMax=1'])
    expect(run.code).toBe(7)
    expect(run.stderr).toMatch(/the strategy kernel was not ready within \d+ ms and is killed/)
    expect(run.stderr).not.toMatch(/\n\s+at /)
  })
})

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)(
  '%s stops in order: the journal is closed, the report says so',
  { timeout: 60_000 },
  async (signal, code) => {
    const instance = nextInstance()
    const { child, ended } = startXk(['replay', day, '--json', '--instance', instance, '--speed', '100'], folder)
    await waitForRecords(instance, 2_000)
    child.kill(signal)
    const run = await ended
    expect(run.code).toBe(code)
    const result = JSON.parse(run.stdout) as ReplayResult
    expect(result.ending).toBe('interrupted')
    expect(result.journal.durable).toBe(result.inbound.records)
    const rerun = await runXk(['rerun', result.journal.path, '--json'], folder)
    expect(rerun.code).toBe(0)
  },
)

test('SIGINT while the I/O kernel is on its way back ends the session in order', { timeout: 60_000 }, async () => {
  const instance = nextInstance()
  const args = ['replay', day, '--json', '--instance', instance, '--speed', '300']
  const { child, ended } = startXk([...args, '--set', 'supervisor.heartbeatTimeoutMs=20000'], folder)
  await waitForRecords(instance, 8_000)
  kill(findKernelPid(instance, 'io')!, 'SIGKILL')
  child.kill('SIGINT')
  const run = await ended
  expect(run.code, run.stderr).toBe(130)
  const result = JSON.parse(run.stdout) as ReplayResult
  expect(result.ending).toBe('interrupted')
  expect(result.kernels.find(({ name }) => name === 'io')?.ending).toBe('finished')
  const rerun = await runXk(['rerun', result.journal.path, '--json'], folder)
  expect(rerun.code).toBe(0)
})

test.each([
  ['', false],
  [' while a kernel is on its way back', true],
] as const)(
  'a supervisor killed with -9%s leaves no kernel behind, and a whole journal',
  { timeout: 60_000 },
  async (_when, isBack) => {
    const instance = nextInstance()
    const args = ['replay', day, '--json', '--instance', instance, '--speed', '100', '--journal', folder]
    const { child, ended } = startXk(args, folder)
    await waitForRecords(instance, 2_000)
    if (isBack) {
      const killed = findKernelPid(instance, 'strategy')!
      kill(killed, 'SIGKILL')
      await waitFor(
        'its successor',
        () => ![undefined, killed].includes(findKernelPid(instance, 'strategy')) || undefined,
      )
    }
    child.kill('SIGKILL')
    await ended
    await waitFor('the kernels to go', () =>
      ['io', 'strategy', 'storage'].every((kernel) => findKernelPid(instance, kernel) === undefined) ? true : undefined,
    )
    const verified = await runXk(['journal', 'verify', join(folder, `${instance}-1`), '--json'], folder)
    expect(verified.code).toBe(0)
    const cleaned = await runXk(['regions', '--clean', '--json'], folder)
    expect(cleaned.code).toBe(0)
    expect(existsSync(`/dev/shm/xk-${instance}`)).toBe(false)
  },
)
