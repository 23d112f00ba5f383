import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import type { LiveResult } from '../../appliance/run/live-types.ts'
import { ExitCode } from '../../kernels/host/xk-error.ts'
import { awaitIoCounter } from './support/io-counter.ts'
import { expectSameRerun, killKernel, waitForRequests } from './support/live-box.ts'
import { runXk } from './support/run-xk.ts'
import { folder, tradeWatched } from './support/watched-box.ts'

/* Live sessions begin where the day before ended, and leave what the next one begins with. */

const DEADLINE_MS = 120_000
const SETTING = {
  version: 50,
  until: async (instance: string) => {
    await awaitIoCounter(instance, 'fills', 3)
    await killKernel(instance, 'io')
    await waitForRequests(instance, 20)
  },
} as const

function open({ positions }: LiveResult): Record<string, number> {
  const held = positions.filter(({ quantity }) => quantity !== 0)
  return Object.fromEntries(held.map(({ strategy, symbol, quantity }) => [`${strategy} ${symbol}`, quantity]))
}

/** Quantities of the positions that a journal begins with. */
async function opened({ journal }: LiveResult): Promise<number[]> {
  const { stdout } = await runXk(['journal', 'dump', journal, '--json'], folder)
  const records = stdout.split('\n').filter((line) => line.includes('"openingPosition"'))
  return records.map((line) => JSON.parse(line).quantity)
}

test('what one session closes with the next one opens with, through a dead kernel, and neither copy nor rerun differ', {
  timeout: DEADLINE_MS,
}, async () => {
  const first = await tradeWatched(SETTING)
  expect(first.code).toBe(ExitCode.Interrupted)
  const end = join(first.result.journal, 'end-of-day.yaml')
  expect(existsSync(end)).toBe(true)
  const closed = open(first.result)
  expect(Object.keys(closed).length).toBeGreaterThan(0)
  expect(parse(readFileSync(end, 'utf8'))).toMatchObject({ kind: 'end-of-day', fills: first.result.fills })

  const start = join(folder, 'next-day.yaml')
  const positions = first.result.positions.filter(({ quantity }) => quantity !== 0)
  const lines = positions.map(
    ({ strategy, symbol, quantity, averagePrice }) =>
      `  - {strategy: ${strategy}, symbol: ${symbol}, quantity: ${quantity}, averagePrice: ${averagePrice}}\n`,
  )
  writeFileSync(start, `previous: ${end}\npositions:\n${lines.join('')}`)
  const second = await tradeWatched({ ...SETTING, settings: { day: { startFile: start } } })
  expect(second.code).toBe(ExitCode.Interrupted)
  expect((await opened(second.result)).sort()).toEqual(Object.values(closed).sort())
  expect(second.result.live!.dropCopy).toMatchObject({ breaks: 0 })
  await expectSameRerun(second.result)

  writeFileSync(start, `previous: ${end}\npositions: []\n`)
  const refused = await runXk(['run', '--set', `day.startFile=${start}`, ...ANYWHERE], folder)
  expect(refused.code).toBe(ExitCode.Usage)
  expect(refused.stderr).toMatch(/was closed with -?\d+, and opens flat/)
})

const ANYWHERE = ['--set', 'live.feed.lines=["127.0.0.1:9"]', '--set', 'live.entry.server=127.0.0.1:9']

test('what only a replay does is refused', { timeout: 30_000 }, async () => {
  const inline = await runXk(['run', ...ANYWHERE, '--set', 'layout=inline'], folder)
  expect([inline.code, inline.stderr]).toEqual([ExitCode.Usage, expect.stringContaining('a process for each kernel')])
  const commands = await runXk(
    ['run', ...ANYWHERE, '--set', 'commands=[{at: "10:00", do: kill, who: a, why: b}]'],
    folder,
  )
  expect([commands.code, commands.stderr]).toEqual([ExitCode.Usage, expect.stringContaining('xk command')])
})
