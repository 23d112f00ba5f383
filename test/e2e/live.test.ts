import type { ChildProcess } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { kill } from 'node:process'
import { describe, expect, test } from 'vitest'
import type { LiveResult } from '../../appliance/run/live-types.ts'
import { readCounters } from '../../kernels/region/counters.ts'
import { closeRegion, openReadOnlyRegion } from '../../kernels/region/shared.ts'
import { createTempFolder, findKernelPid, nextInstance, runXk, startXk, waitFor, type XkRun } from './support/run-xk.ts'

/* The appliance trades with the exchange in a box over loopback: what the one has done is what the other knows. */

const folder = createTempFolder('live')
const WAIT_MS = 60_000

/** A UDP port that was free a moment ago. */
async function freePort(): Promise<number> {
  const socket = createSocket('udp4')
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  const { port } = socket.address()
  await new Promise<void>((resolve) => socket.close(() => resolve()))
  return port
}

interface VenueAtEnd {
  readonly positions: readonly { readonly shares: Readonly<Record<string, number>> }[]
  readonly feed: Readonly<Record<string, unknown>>
}

/** An exchange in a box with one user. */
class BoxedVenue {
  readonly #child: ChildProcess
  readonly #ended: Promise<XkRun>
  #text = ''

  constructor(lines: readonly number[], version: number, faults: readonly string[]) {
    const args = ['venue', '--json', '--control', '--user', `firm:secret:${version}:FIRM`, '--generate', '4']
    const pace = ['--messages', '100000', '--at', '09:31', '--speed', '10']
    const targets = ['--line-a', `127.0.0.1:${lines[0]}`, '--line-b', `127.0.0.1:${lines[1]}`]
    const { child, ended } = startXk([...args, ...pace, ...targets, ...faults], folder, undefined, 'pipe')
    this.#child = child
    this.#ended = ended
    child.stdout!.on('data', (text: string) => {
      this.#text += text
    })
  }

  async ready(): Promise<Record<'request' | 'ouch' | 'glimpse', number>> {
    const text = await waitFor('the venue', () => (/^\}$/m.test(this.#text) ? this.#text : undefined), WAIT_MS)
    return JSON.parse(text.slice(0, text.indexOf('\n}') + 2)).ready
  }

  obey(line: string): void {
    this.#child.stdin!.write(`${line}\n`)
  }

  async end(): Promise<VenueAtEnd> {
    kill(this.#child.pid!, 'SIGINT')
    const { stdout } = await this.#ended
    const from = stdout.lastIndexOf('{\n  "done"')
    return JSON.parse(stdout.slice(from, stdout.indexOf('\n}', from) + 2)).done
  }
}

function writeConfig(ports: Record<string, number>, lines: readonly number[], protocol: string): string {
  const path = join(folder, `${nextInstance()}.json`)
  const server = (port: number) => `127.0.0.1:${port}`
  const login = { username: 'firm', password: 'secret' }
  writeFileSync(
    path,
    JSON.stringify({
      strategies: ['inventory-skew-maker', 'queue-imbalance-taker'],
      supervisor: { rehearse: false },
      gate: { decisionAgeMsMax: 2000 },
      live: {
        feed: {
          lines: lines.map(server),
          requestServer: server(ports.request!),
          snapshotServer: server(ports.glimpse!),
          snapshotUsername: login.username,
          snapshotPassword: login.password,
        },
        entry: { protocol, server: server(ports.ouch!), ...login, reconnectMs: 50 },
        halt: { strategySilenceMs: 100, storageSilenceMs: 0 },
      },
    }),
  )
  return path
}

/** Requests that the I/O kernel has sent to the venue. */
function requestsOf(instance: string): number {
  try {
    const io = openReadOnlyRegion(`/dev/shm/xk-${instance}/io.region`)
    const { requestsRouted } = readCounters(io.buffer, io.offsetOf('counters'))
    closeRegion(io)
    return requestsRouted ?? 0
  } catch {
    return 0 // not there, or not formatted, yet
  }
}

/** Waits until so many more requests were sent. */
async function waitForRequests(instance: string, more: number): Promise<void> {
  const least = requestsOf(instance) + more
  await waitFor(`${least} requests`, () => (requestsOf(instance) >= least ? true : undefined), WAIT_MS)
}

/** Shares by symbol, zero left out, of both sides. */
function expectSamePositions(result: LiveResult, venue: VenueAtEnd): void {
  const ours: Record<string, number> = {}
  for (const { symbol, quantity } of result.positions) ours[symbol] = (ours[symbol] ?? 0) + quantity
  const notFlat = Object.fromEntries(Object.entries(ours).filter(([, quantity]) => quantity !== 0))
  const theirs = Object.entries(venue.positions[0]!.shares).filter(([, quantity]) => quantity !== 0)
  expect(notFlat).toEqual(Object.fromEntries(theirs))
}

interface Setting {
  readonly version: 42 | 50
  readonly faults?: readonly string[]
  readonly disturb?: (instance: string, venue: BoxedVenue) => Promise<void>
}

/** Trades until so many requests were sent, is disturbed, trades on, and is stopped by SIGINT. */
async function trade({ version, faults = [], disturb }: Setting): Promise<{ result: LiveResult; venue: VenueAtEnd }> {
  const lines = [await freePort(), await freePort()]
  const box = new BoxedVenue(lines, version, faults)
  const config = writeConfig(await box.ready(), lines, `ouch${version}`)
  const instance = nextInstance()
  const { child, ended } = startXk(['run', '-c', config, '--instance', instance, '--json'], folder)
  await waitForRequests(instance, 30)
  if (disturb !== undefined) await disturb(instance, box)
  kill(child.pid!, 'SIGINT')
  const run = await ended
  expect(run.stdout, run.stderr).toContain('"live"')
  const result = JSON.parse(run.stdout) as LiveResult
  return { result, venue: await box.end() }
}

async function expectSameRerun(result: LiveResult): Promise<void> {
  const args = ['rerun', result.journal, '--json', '--instance', nextInstance(), '--layout', 'inline']
  const rerun = await runXk(args, folder)
  expect(rerun.code, rerun.stderr).toBe(0)
  expect(JSON.parse(rerun.stdout).isSame).toBe(true)
}

describe('a live session with the exchange in a box', () => {
  test('on lines that lose a tenth: positions are the venue’s, and a rerun decides the same', {
    timeout: 180_000,
  }, async () => {
    const faults = ['--fault', 'a.loss=0.1', '--fault', 'b.loss=0.1']
    const { result, venue } = await trade({ version: 50, faults })
    expectSamePositions(result, venue)
    expect(result.live).toMatchObject({ illegalTransitions: {}, faults: {}, openOrders: 0, brokenBy: '' })
    expect(result.live!.feed).toMatchObject({ gaps: 0, snapshots: 1 })
    expect(result.fills).toBeGreaterThan(0)
    await expectSameRerun(result)
  })

  test('that cuts the connection, with a strategy kernel that is killed', { timeout: 180_000 }, async () => {
    const { result, venue } = await trade({
      version: 42,
      disturb: async (instance, box) => {
        box.obey('disconnect firm')
        await waitForRequests(instance, 20)
        const killed = findKernelPid(instance, 'strategy')!
        kill(killed, 'SIGKILL')
        const isBack = () => ![undefined, killed].includes(findKernelPid(instance, 'strategy')) || undefined
        await waitFor('the restarted strategy kernel', isBack, WAIT_MS)
        await waitForRequests(instance, 20)
      },
    })
    expectSamePositions(result, venue)
    expect(result.live).toMatchObject({ illegalTransitions: {}, faults: {}, openOrders: 0, brokenBy: '' })
    expect(result.live!.entry.connects).toBe(2)
    expect(result.live!.halts.strategySilent).toBeGreaterThanOrEqual(1)
    expect(result.kernels.find(({ name }) => name === 'strategy')?.restarts).toBe(1)
    await expectSameRerun(result)
  })
})
