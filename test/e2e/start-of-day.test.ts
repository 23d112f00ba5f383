import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import type { ReplayResult } from '../../appliance/run/types.ts'
import { createTempFolder, nextInstance, replayJson, runXk } from './support/run-xk.ts'
import { writeSampleDay } from './support/sample-day.ts'

/* A start-of-day file enters as journaled records, and what a session leaves opens the next one. */

const folder = createTempFolder('start-of-day')
let day: string
let first: ReplayResult

beforeAll(async () => {
  day = await writeSampleDay(folder, 15_000)
  first = await replayJson([day, '--layout', 'inline'], folder)
})

test('the end of a session opens the next: the same in both layouts, and again from the journal', {
  timeout: 90_000,
}, async () => {
  const start = ['--start-of-day', join(first.journal.path, 'end-of-day.yaml')]
  const inline = await replayJson([day, '--layout', 'inline', ...start], folder)
  const processes = await replayJson([day, '--layout', 'processes', ...start], folder)
  expect(processes.inbound).toEqual(inline.inbound)
  expect(processes.outbound).toEqual(inline.outbound)
  expect(inline.outbound.digest).not.toBe(first.outbound.digest)
  const open = first.positions.filter(({ quantity }) => quantity !== 0)
  expect(open.length).toBeGreaterThan(0)
  expect(inline.inbound.records).toBeGreaterThan(first.inbound.records)
  const at = JSON.parse((await runXk(['journal', 'at', '09:29:30', inline.journal.path, '--json'], folder)).stdout)
  const opened = at.positions.map((one: ReplayResult['positions'][number]) => [one.strategy, one.symbol, one.quantity])
  expect(new Set(opened)).toEqual(new Set(open.map(({ strategy, symbol, quantity }) => [strategy, symbol, quantity])))
  const rerun = await runXk(['rerun', inline.journal.path, '--layout', 'inline'], folder)
  expect(rerun.code, rerun.stderr).toBe(0)
})

test('a restricted instrument is not traded, and an opening position that nobody left is refused', {
  timeout: 60_000,
}, async () => {
  const { symbol } = first.positions[0]!
  const file = join(folder, 'start.yaml')
  writeFileSync(file, `restricted: [${symbol}]\n`)
  const restricted = await replayJson([day, '--layout', 'inline', '--start-of-day', file], folder)
  expect(restricted.positions.map((position) => position.symbol)).not.toContain(symbol)
  expect(restricted.rejectsByReason['gate restricted']).toBeGreaterThan(0)
  const { strategy } = first.positions[0]!
  writeFileSync(
    file,
    `previous: ${first.journal.path}/end-of-day.yaml\npositions:\n  - {strategy: ${strategy}, symbol: XX, quantity: 1, averagePrice: 1}\n`,
  )
  const args = ['replay', day, '--instance', nextInstance(), '--layout', 'inline', '--start-of-day', file]
  const refused = await runXk(args, folder)
  expect(refused.code).toBe(2)
  expect(refused.stderr).toMatch(/XX of .* opens with 1, and was closed flat \(.*start\.yaml:3:5\)/)
  const warned = await runXk([...args, '--set', 'day.onMismatch=warn'], folder)
  expect(warned.code, warned.stderr).toBe(0)
  expect(warned.stderr).toMatch(/was closed flat/)
})
