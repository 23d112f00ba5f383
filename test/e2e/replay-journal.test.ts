import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { kill } from 'node:process'
import { beforeAll, expect, test } from 'vitest'
import type { ReplayResult } from '../../appliance/run/types.ts'
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

/* The market data of a journal, traded anew: with the same configuration the session comes out as it was. */

const folder = createTempFolder('replay-journal')
let day = ''
let session: ReplayResult

beforeAll(async () => {
  day = await writeSampleDay(folder, 15_000)
  session = await replayJson([day, '--layout', 'inline'], folder)
  expect(session.orders).toBeGreaterThan(200)
})

test.each(['inline', 'processes'])(
  '%s: the same strategies give the same session',
  { timeout: 60_000 },
  async (layout) => {
    const result = await replayJson([session.journal.path, '--layout', layout], folder)
    expect(result.inbound).toEqual(session.inbound)
    expect(result.outbound).toEqual(session.outbound)
    expect(result.positions).toEqual(session.positions)
    expect(result.input.files).toEqual([session.journal.path])
    expect(result.input.messages).toBeGreaterThan(14_000)
    expect(result.input.sessionDate).toBe(session.input.sessionDate)
    expect(result.journal.path).not.toBe(session.journal.path)
  },
)

test('other strategies and latencies make of it what they make of the capture', { timeout: 60_000 }, async () => {
  const other = ['--strategy', 'queue-imbalance-taker', '--set', 'venue.feedLatencyNs=900_000', '--layout', 'inline']
  const ofJournal = await replayJson([session.journal.path, ...other], folder)
  const ofCapture = await replayJson([day, ...other], folder)
  expect(ofJournal.inbound).toEqual(ofCapture.inbound)
  expect(ofJournal.outbound).toEqual(ofCapture.outbound)
  expect(ofJournal.outbound).not.toEqual(session.outbound)
})

test('an I/O kernel killed in the middle of it comes back', { timeout: 60_000 }, async () => {
  const instance = nextInstance()
  const args = ['replay', session.journal.path, '--json', '--instance', instance, '--speed', '400']
  const { ended } = startXk([...args, '--set', 'supervisor.heartbeatTimeoutMs=20000'], folder)
  await waitForRecords(instance, 5_000)
  kill(findKernelPid(instance, 'io')!, 'SIGKILL')
  const run = await ended
  expect(run.code, run.stderr).toBe(0)
  const result = JSON.parse(run.stdout) as ReplayResult
  expect(result.inbound).toEqual(session.inbound)
  expect(result.kernels.find(({ name }) => name === 'io')!.restarts).toBe(1)
})

test('a journal with other inputs, a damaged one and a folder without one are refused', {
  timeout: 60_000,
}, async () => {
  const replayOf = (...files: string[]) =>
    runXk(['replay', ...files, '--layout', 'inline', '--instance', nextInstance()], folder)
  const together = await replayOf(session.journal.path, day)
  expect(together.code).toBe(2)
  expect(together.stderr).toContain('a journal is replayed alone')
  const damaged = join(folder, 'damaged')
  mkdirSync(damaged)
  for (const name of readdirSync(session.journal.path)) {
    const bytes = readFileSync(join(session.journal.path, name))
    if (name.endsWith('.xkj')) bytes[50_000]! ^= 1
    writeFileSync(join(damaged, name), bytes)
  }
  const broken = await replayOf(damaged)
  expect(broken.code).toBe(8)
  expect(broken.stderr).toContain('damaged')
  mkdirSync(join(folder, 'nothing'))
  const empty = await replayOf(join(folder, 'nothing'))
  expect(empty.code).toBe(3)
  expect(empty.stderr).toContain('holds no journal')
})
