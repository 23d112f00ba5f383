import { createServer } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { LiveResult } from '../../appliance/run/live-types.ts'
import { ExitCode } from '../../kernels/host/xk-error.ts'
import { freePort } from './support/free-port.ts'
import { BoxedVenue } from './support/live-box.ts'
import { createTempFolder, nextInstance, runXk } from './support/run-xk.ts'

/* A live session without one at the venue says so at once and ends with a code of its own; so does a venue without its ports. */

const folder = createTempFolder('refused')
let venue: BoxedVenue
let ports: Awaited<ReturnType<BoxedVenue['ready']>>

beforeAll(async () => {
  venue = new BoxedVenue([await freePort(), await freePort()], 50, [])
  ports = await venue.ready()
})
afterAll(() => venue.destroy())

async function trade(entry: Readonly<Record<string, string>>) {
  const settings = { 'live.feed.lines': `["127.0.0.1:${venue.lines[0]}"]`, 'supervisor.rehearse': 'false' }
  const given = Object.entries({ ...settings, ...entry }).flatMap(([key, value]) => ['--set', `${key}=${value}`])
  const run = await runXk(['run', '--for', '1', '--instance', nextInstance(), ...given, '--json'], folder)
  const result = JSON.parse(run.stdout) as LiveResult
  const verified = await runXk(['journal', 'verify', result.journal], folder)
  expect(verified.code, verified.stdout).toBe(0)
  return { ...run, result }
}

test('a venue that is not there', { timeout: 60_000 }, async () => {
  const server = `127.0.0.1:${await freePort()}`
  const { code, stderr, result } = await trade({ 'live.entry.server': server })
  expect(code).toBe(ExitCode.Venue)
  expect(result.exitCode).toBe(ExitCode.Venue)
  expect(stderr.replaceAll(/\s+/g, ' ')).toContain(`the venue at ${server} cannot be reached`)
  expect(result.warnings.join()).toContain('cannot be reached')
})

test('a venue that rejects the password', { timeout: 60_000 }, async () => {
  const entry = { server: `127.0.0.1:${ports.ouch}`, username: 'firm', password: 'guess' }
  const named = Object.fromEntries(Object.entries(entry).map(([key, value]) => [`live.entry.${key}`, value]))
  const { code, stderr } = await trade(named)
  expect(code).toBe(ExitCode.Venue)
  expect(stderr.replaceAll(/\s+/g, ' ')).toContain('rejects the username or the password')
})

test('a venue whose port another program has', { timeout: 30_000 }, async () => {
  const other = createServer()
  const port = await new Promise<number>((resolve) => {
    other.listen(0, '127.0.0.1', () => resolve((other.address() as { port: number }).port))
  })
  const run = await runXk(['venue', '--symbols', 'AAA', '--ouch-port', String(port)], folder)
  other.close()
  expect(run.code).toBe(ExitCode.Busy)
  expect(run.stderr).toContain(`the port of order entry cannot be opened: another program has it (127.0.0.1:${port})`)
})

test('a rehearsal of a scenario that is not there lists those that are', { timeout: 30_000 }, async () => {
  const run = await runXk(['venue', '--script', '--only', 'nope'], folder)
  expect(run.code).toBe(ExitCode.Usage)
  expect(run.stderr).toMatch(/there is no scenario "nope" \(--only\)\nnext: one of [a-z0-9-]+, [a-z0-9-]+/)
})
