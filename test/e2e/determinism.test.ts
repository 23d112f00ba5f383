import { cpSync, mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import type { ReplayResult } from '../../appliance/run/types.ts'
import { findPackageRoot } from '../../kernels/host/package-root.ts'
import { findCaptures } from '../support/captures.ts'
import { createTempFolder, replayJson } from './support/run-xk.ts'
import { writeSampleDay } from './support/sample-day.ts'

/*
 * The decisions of a session are a function of its input and its configuration: neither layout, nor pace, nor batch
 * sizes, nor where the product is installed may change a byte of either stream.
 */

const folder = createTempFolder('determinism')
const captures = findCaptures()

function digestsOf(result: ReplayResult): string {
  expect(result.journal.durable).toBe(result.inbound.records)
  return `${result.inbound.records} ${result.inbound.digest} ${result.outbound.records} ${result.outbound.digest}`
}

const small = ['--set', 'step.inboundBatch=1', '--set', 'step.strategyBatch=1', '--set', 'step.storageBatch=1']
const large = ['--set', 'step.inboundBatch=4096', '--set', 'step.strategyBatch=4096', '--set', 'step.storageBatch=4096']
const tight = ['--set', 'rings.inboundBytes=1 MiB', '--set', 'rings.outboundBytes=512 KiB']

const WAYS: readonly (readonly [name: string, args: readonly string[]])[] = [
  ['processes, as fast as can be', []],
  ['processes, after a rehearsal', ['--set', 'supervisor.rehearse=true']],
  ['processes, batches of 1', small],
  ['processes, batches of 4096', large],
  ['processes, 1000 times as fast as recorded', ['--speed', '1000']],
  ['processes, 600 times as fast, batches of 1', ['--speed', '600', ...small]],
  ['processes, small rings', [...tight, '--set', 'rings.inboundReserveBytes=64 KiB']],
  ['one thread', ['--layout', 'inline']],
  ['one thread, batches of 1', ['--layout', 'inline', ...small]],
  ['one thread, batches of 4096', ['--layout', 'inline', ...large]],
  ['one thread, 2000 times as fast as recorded', ['--layout', 'inline', '--speed', '2000']],
]

describe('a generated day with the bundled strategies', () => {
  let day = ''
  let reference = ''
  let result: ReplayResult

  beforeAll(async () => {
    day = await writeSampleDay(folder, 30_000)
    result = await replayJson([day, '--layout', 'inline'], folder)
    reference = digestsOf(result)
  })

  test('they trade on both sides', () => {
    expect(result.orders).toBeGreaterThan(1000)
    expect(result.buyFills).toBeGreaterThan(100)
    expect(result.sellFills).toBeGreaterThan(100)
    expect(result.rejects).toBeGreaterThan(0)
  })

  test.each(WAYS)('%s', { timeout: 60_000 }, async (_, args) => {
    expect(digestsOf(await replayJson([day, ...args], folder))).toBe(reference)
  })

  // With those above, of the copy, and of the kernels that die or stand still (kernel-death.test.ts): twenty.
  test('six more runs in turn', { timeout: 120_000 }, async () => {
    for (let run = 0; run < 6; run++) {
      const layout = run % 2 === 0 ? 'processes' : 'inline'
      expect(digestsOf(await replayJson([day, '--layout', layout], folder)), `run ${run}`).toBe(reference)
    }
  })

  test('a copy of the product in another folder', { timeout: 60_000 }, async () => {
    const root = findPackageRoot()
    const copy = join(folder, 'copy of the product')
    mkdirSync(copy)
    for (const name of ['package.json', 'appliance', 'dist', 'build', 'strategies', 'kernels']) {
      const isAddonOnly = name === 'build'
      if (isAddonOnly) mkdirSync(join(copy, name))
      const part = isAddonOnly ? join(name, 'crosskernel_host.node') : name
      cpSync(join(root, part), join(copy, part), { recursive: true })
    }
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
    expect(digestsOf(await replayJson([day], folder, copy))).toBe(reference)
  })

  test('another latency makes another session', async () => {
    const other = await replayJson([day, '--layout', 'inline', '--set', 'venue.entryLatencyNs=90_000'], folder)
    expect(digestsOf(other)).not.toBe(reference)
  })
})

describe.skipIf(captures === undefined)('170 seconds of real trading', () => {
  const capture = join(captures ?? '', 'nasdaq-itch50', 'AAPL_12302019_first30000_transcoded.itch')

  test('the strategies send a thousand orders and fill on both sides', { timeout: 60_000 }, async () => {
    const inline = await replayJson([capture, '--layout', 'inline'], folder)
    expect(inline.input.messages).toBe(30_000)
    expect(inline.orders).toBeGreaterThanOrEqual(1000)
    expect(inline.buyFills).toBeGreaterThanOrEqual(100)
    expect(inline.sellFills).toBeGreaterThanOrEqual(100)
    expect(inline.rejects).toBeGreaterThan(0)
    const processes = await replayJson([capture], folder)
    expect(digestsOf(processes)).toBe(digestsOf(inline))
  })

  test.each([
    ['0', 'venue.gateLatencyNs=0', 'venue.entryLatencyNs=0', 'venue.responseLatencyNs=0'],
    ['1 ns', 'venue.gateLatencyNs=1', 'venue.entryLatencyNs=1', 'venue.responseLatencyNs=0'],
    ['50 µs', 'venue.gateLatencyNs=50_000', 'venue.entryLatencyNs=40_000', 'venue.responseLatencyNs=30_000'],
    ['1 s', 'venue.gateLatencyNs=1e9', 'venue.entryLatencyNs=5e8', 'venue.responseLatencyNs=5e8'],
  ])('lookahead %s: both layouts decide the same', { timeout: 90_000 }, async (_, ...settings) => {
    const flags = settings.flatMap((setting) => ['--set', setting])
    const inline = await replayJson([capture, '--layout', 'inline', ...flags], folder)
    expect(digestsOf(await replayJson([capture, ...flags], folder))).toBe(digestsOf(inline))
  })
})
