import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { inspectCapture } from '../../feeds/inspect/inspect-capture.ts'
import { runXk } from './run-xk.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'xk-generate-flags-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const SMALL = ['generate', '--symbols', '3', '--messages', '3000', '--start', '09:00', '--end', '10:00']

test('the flags of xk generate name the day, the session and the packets of a capture', async () => {
  const capture = join(folder, 'day.pcapng')
  const day = ['--date', '2024-07-01', '--utc-offset', '-04:00', '--session', 'SUMMER', '--reference-offset', '5']
  const packets = ['--group', '239.1.1.1', '--port', '5000', '--source', '10.0.0.1', '--payload-bytes', '300']
  const run = await runXk([...SMALL, '--capture', capture, ...day, ...packets, '--flush-ns', '1000', '--json'])
  expect(run.exitCode, run.stderr).toBe(0)
  const facts = await inspectCapture(capture, { threaded: false })
  expect(facts.sessions.map(({ session }) => session)).toEqual(['SUMMER'])
  expect(facts.flows).toHaveLength(1)
  expect(facts.flows[0]).toMatchObject({ protocol: 'itch50' })
  expect(JSON.stringify(facts.flows[0])).toMatch(/10\.0\.0\.1.*239\.1\.1\.1.*5000/)
  // 09:00 in New York in summer.
  expect(Math.floor(Number(BigInt(facts.firstTimeNs) / 1_000_000_000n))).toBe(Date.UTC(2024, 6, 1, 13) / 1000)
})

test.each([
  ['--port', '0'],
  ['--utc-offset', '5'],
  ['--start', '9:00'],
  ['--date', '2024-02-30'],
  ['--group', 'x'],
  ['--session', 'longer than ten'],
  ['--live-orders', '2999'],
])('what is refused is told by its flag: %s %s', async (flag, value) => {
  const run = await runXk([...SMALL, '--raw', join(folder, 'none.itch'), flag, value])
  expect(run.exitCode).toBe(2)
  expect(run.stderr).toContain(`(${flag})`)
  expect(run.stderr).toMatch(/^next: /m)
})
