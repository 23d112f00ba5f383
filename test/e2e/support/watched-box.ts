import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { kill } from 'node:process'
import { expect } from 'vitest'
import type { LiveResult } from '../../../appliance/run/live-types.ts'
import type { Venue } from '../../../appliance/venue/venue.ts'
import { GeneratedFlow } from '../../../feeds/exchange/generated-flow.ts'
import { FIRST_USER_ACCOUNT } from '../../../feeds/exchange/recorded-flow.ts'
import { OuchVersion } from '../../../feeds/ouch/versions.ts'
import type { SequencedLog } from '../../../feeds/soupbintcp/session/sequenced-log.ts'
import { startVenue } from '../../appliance/venue/support/test-venue.ts'
import { freePort } from './free-port.ts'
import { createTempFolder, nextInstance, startXk } from './run-xk.ts'

/* The appliance in processes of its own, the exchange in a box in that of the test, which may falsify what it says. */

export const folder = createTempFolder('watched')
const EXECUTED = 'E'.charCodeAt(0)

export interface WatchedSetting {
  readonly version: OuchVersion
  readonly onBreak?: 'halt' | 'report'
  /** Settings of the appliance besides. */
  readonly settings?: Readonly<Record<string, unknown>>
  readonly before?: (venue: Venue) => void
  /** What happens meanwhile; trading is stopped behind it. */
  readonly until: (instance: string, venue: Venue) => Promise<void>
}

export interface WatchedRun {
  readonly code: number | null
  readonly result: LiveResult
  readonly venue: Venue
}

/** Has the executions of a log pass through a test's hands: it gives those that are to be said in the place of each. */
export function tamperExecutions(
  log: SequencedLog,
  falsify: (bytes: Buffer, number: number) => readonly Buffer[],
): void {
  const append = log.append.bind(log)
  let count = 0
  log.append = (from, at, length) => {
    if (from[at] !== EXECUTED) return append(from, at, length)
    count++
    const said = falsify(Buffer.from(from.slice(at, at + length)), count)
    return said.every((bytes) => append(bytes, 0, bytes.length))
  }
}

/** Trades until the test has seen enough, then is stopped by SIGINT. */
export async function tradeWatched(setting: WatchedSetting): Promise<WatchedRun> {
  const { version, onBreak = 'halt', settings = {} } = setting
  const lines = [await freePort(), await freePort()] as const
  const { venue, ports } = await startVenue({
    users: [{ username: 'firm', password: 'secret', version, account: FIRST_USER_ACCOUNT, firm: 'FIRM' }],
    lines: [
      { host: '127.0.0.1', port: lines[0] },
      { host: '127.0.0.1', port: lines[1] },
    ],
    flow: new GeneratedFlow({ seed: 1, symbols: 4, messages: 100_000, startTimeNs: 33_900e9, endTimeNs: 57_900e9 }),
    dropCopyPasswords: new Map([['FIRM', 'copy']]),
    instrumentsMax: 8192,
    ordersMax: 1 << 18,
    startNs: 34_260e9,
    speed: 10,
  })
  setting.before?.(venue)
  const server = (port: number) => `127.0.0.1:${port}`
  const login = { username: 'firm', password: 'secret' }
  const path = join(folder, `${nextInstance()}.json`)
  const feed = { lines: lines.map(server), requestServer: server(ports.request), snapshotServer: server(ports.glimpse) }
  const live = {
    feed: { ...feed, snapshotUsername: login.username, snapshotPassword: login.password },
    entry: {
      protocol: version === OuchVersion.V42 ? 'ouch42' : 'ouch50',
      server: server(ports.ouch),
      ...login,
      reconnectMs: 50,
    },
    dropCopy: { server: server(ports.dropCopy), username: 'FIRM', password: 'copy', onBreak },
    halt: { strategySilenceMs: 0, storageSilenceMs: 0 },
  }
  const supervisor = { rehearse: false, restartsMax: 100 }
  const gate = { decisionAgeMsMax: 2000 }
  const strategies = ['inventory-skew-maker', 'queue-imbalance-taker']
  writeFileSync(path, JSON.stringify({ strategies, supervisor, gate, live, ...settings }))
  const instance = nextInstance()
  const { child, ended } = startXk(['run', '-c', path, '--instance', instance, '--json'], folder)
  const disturbance = setting.until(instance, venue)
  const trouble = await Promise.race([disturbance.then(() => undefined), ended]).catch((error: Error) => error)
  if (child.exitCode === null) kill(child.pid!, 'SIGINT')
  const run = await ended
  await disturbance.catch(() => undefined)
  if (trouble !== undefined)
    throw new Error(
      `the run went wrong: ${trouble instanceof Error ? trouble.message : trouble.code}: ${run.stderr} ${run.stdout}`,
    )
  expect(run.stdout, run.stderr).toContain('"live"')
  return { code: run.code, result: JSON.parse(run.stdout) as LiveResult, venue }
}
