import { existsSync } from 'node:fs'
import { beforeAll, expect, test } from 'vitest'
import type { ReplayResult, RerunResult } from '../../appliance/run/types.ts'
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

/*
 * A journal decides again in either layout: the digests are those of the run that wrote it, and the layout that is told is
 * the one that ran.
 */

const folder = createTempFolder('rerun')
let session: ReplayResult

beforeAll(async () => {
  const day = await writeSampleDay(folder, 60_000)
  session = await replayJson([day, '--layout', 'inline'], folder)
  expect(session.orders).toBeGreaterThan(1000)
})

async function rerun(args: readonly string[], code = 0): Promise<RerunResult> {
  const run = await runXk(['rerun', session.journal.path, '--json', '--instance', nextInstance(), ...args], folder)
  expect(run.code, run.stderr).toBe(code)
  return JSON.parse(run.stdout)
}

test('three processes decide what one thread decides, and what is journaled', { timeout: 60_000 }, async () => {
  const inline = await rerun(['--layout', 'inline'])
  const processes = await rerun(['--layout', 'processes'])
  for (const result of [inline, processes]) {
    expect(result.isSame).toBe(true)
    expect(result.inbound).toEqual(session.inbound)
    expect(result.outbound).toEqual(session.outbound)
    expect(result.journaledOutbound).toEqual(session.outbound)
    expect(result.ownJournal).toBeNull()
  }
  expect(inline.layout).toBe('inline')
  expect(inline.kernels.map(({ name }) => name)).toEqual(['strategy'])
  expect(processes.layout).toBe('processes')
  expect(processes.kernels.map(({ name, ending }) => `${name} ${ending}`)).toEqual([
    'io finished',
    'strategy finished',
    'storage finished',
  ])
  expect(new Set(processes.kernels.map(({ pid }) => pid)).size).toBe(3)
})

test.each(['1', '4096'])('batches of %s and small rings change nothing', { timeout: 60_000 }, async (batch) => {
  const steps = ['inboundBatch', 'strategyBatch', 'storageBatch'].flatMap((name) => ['--set', `step.${name}=${batch}`])
  const rings = ['--set', 'rings.inboundBytes=1 MiB', '--set', 'rings.outboundBytes=512 KiB']
  expect((await rerun([...steps, ...rings])).outbound).toEqual(session.outbound)
})

test('other strategies decide otherwise: that is told, and the journal of the rerun is kept', {
  timeout: 60_000,
}, async () => {
  const other = ['--strategy', 'queue-imbalance-taker']
  const processes = await rerun(other, 8)
  const inline = await rerun([...other, '--layout', 'inline'], 8)
  expect(processes.isSame).toBe(false)
  expect(processes.outbound).toEqual(inline.outbound)
  expect(processes.firstDifference).toEqual(inline.firstDifference)
  const { detail } = processes.firstDifference!
  expect(detail.cause).toMatch(/decided otherwise on the same inbound records: the journal ran .*, the rerun/)
  expect(detail.inbound.map(({ sequence }) => sequence)).toContain(detail.causeSequence)
  expect(processes.ownJournal).not.toBeNull()
  const verified = await runXk(['journal', 'verify', processes.ownJournal!, '--json'], folder)
  expect(verified.code).toBe(0)
  expect(JSON.parse(verified.stdout).outbound.digest).toBe(processes.outbound.digest)
})

test('a strategy kernel killed in the middle comes back and decides the same', { timeout: 60_000 }, async () => {
  const instance = nextInstance()
  const slow = ['--set', 'step.inboundBatch=1', '--set', 'step.strategyBatch=1']
  const { ended } = startXk(['rerun', session.journal.path, '--json', '--instance', instance, ...slow], folder)
  await waitForRecords(instance, 5_000)
  process.kill(findKernelPid(instance, 'strategy')!, 'SIGKILL')
  const run = await ended
  expect(run.code, run.stderr).toBe(0)
  const result: RerunResult = JSON.parse(run.stdout)
  expect(result.kernels.find(({ name }) => name === 'strategy')!.restarts).toBe(1)
  expect(result.outbound).toEqual(session.outbound)
})

test('so does the process that publishes the journal', { timeout: 60_000 }, async () => {
  const instance = nextInstance()
  const slow = ['--set', 'step.inboundBatch=1', '--set', 'step.strategyBatch=1']
  const { ended } = startXk(['rerun', session.journal.path, '--json', '--instance', instance, ...slow], folder)
  await waitForRecords(instance, 5_000)
  process.kill(findKernelPid(instance, 'rerun')!, 'SIGKILL')
  const run = await ended
  expect(run.code, run.stderr).toBe(0)
  const result: RerunResult = JSON.parse(run.stdout)
  expect(result.kernels.find(({ name }) => name === 'io')!.restarts).toBe(1)
  expect(result.inbound).toEqual(session.inbound)
  expect(result.outbound).toEqual(session.outbound)
})

test('SIGINT ends it with its exit code and leaves neither journal nor shared memory', {
  timeout: 60_000,
}, async () => {
  const instance = nextInstance()
  const { child, ended } = startXk(['rerun', session.journal.path, '--instance', instance], folder)
  await waitFor('the rerun', () => findKernelPid(instance, 'rerun'))
  child.kill('SIGINT')
  const run = await ended
  expect(run.code).toBe(130)
  expect(run.stderr).toMatch(/stopped by SIGINT/)
  expect(existsSync(`/dev/shm/xk-${instance}`)).toBe(false)
})
