import type { ChildProcess } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { kill } from 'node:process'
import { expect } from 'vitest'
import { compareLives } from '../../../appliance/rehearsal/compare-lives.ts'
import type { LiveResult } from '../../../appliance/run/live-types.ts'
import type { VenueOrderFacts } from '../../../appliance/venue/venue-orders.ts'
import { SessionKernel } from '../../../kernels/records/catalogue.ts'
import { freePort } from './free-port.ts'
import { awaitIoCounter, ioCounter } from './io-counter.ts'
import {
  createTempFolder,
  findKernelPid,
  nextInstance,
  runXk,
  startXk,
  WAIT_MS,
  waitFor,
  type XkRun,
} from './run-xk.ts'

/* The appliance and the exchange in a box, trading over loopback. */

const folder = createTempFolder('live')

export interface VenueAtEnd {
  readonly positions: readonly { readonly shares: Readonly<Record<string, number>>; readonly cash: number }[]
  readonly feed: Readonly<Record<string, unknown>>
  readonly ports: Readonly<Record<'ouch' | 'dropCopy' | 'glimpse', Readonly<Record<string, number>>>>
  readonly requests: Readonly<Record<string, number>>
  readonly breaks: readonly string[]
  /** Every order of the user, as the venue has recorded it. */
  readonly orders: readonly VenueOrderFacts[]
}

export type VenuePort = 'request' | 'ouch' | 'dropCopy' | 'glimpse'

/** An exchange in a box with one user. */
export class BoxedVenue {
  /** UDP ports that lines A and B go to. */
  readonly lines: readonly number[]
  readonly #child: ChildProcess
  readonly #ended: Promise<XkRun>
  readonly #ordersFile = join(folder, `${nextInstance()}.orders`)
  #text = ''

  constructor(lines: readonly number[], version: number, faults: readonly string[]) {
    this.lines = lines
    const args = ['venue', '--json', '--control', '--user', `firm:secret:${version}:FIRM`, '--generate', '4']
    const pace = ['--messages', '100000', '--at', '09:31', '--speed', '10']
    const targets = ['--line-a', `127.0.0.1:${lines[0]}`, '--line-b', `127.0.0.1:${lines[1]}`]
    const orders = ['--orders', this.#ordersFile, '--drop-copy', 'FIRM:copy']
    const { child, ended } = startXk([...args, ...pace, ...targets, ...orders, ...faults], folder, undefined, 'pipe')
    this.#child = child
    this.#ended = ended
    child.stdout!.on('data', (text: string) => {
      this.#text += text
    })
  }

  get pid(): number {
    return this.#child.pid!
  }

  async ready(): Promise<Record<VenuePort, number>> {
    const text = await waitFor('the venue', () => (/^\}$/m.test(this.#text) ? this.#text : undefined), WAIT_MS)
    return JSON.parse(text.slice(0, text.indexOf('\n}') + 2)).ready
  }

  obey(line: string): void {
    this.#child.stdin!.write(`${line}\n`)
  }

  /** Leaves nothing behind, whatever went wrong. */
  destroy(): void {
    if (this.#child.exitCode === null) this.#child.kill('SIGKILL')
    rmSync(this.#ordersFile, { force: true })
  }

  async end(): Promise<VenueAtEnd> {
    kill(this.#child.pid!, 'SIGINT')
    const { stdout } = await this.#ended
    const from = stdout.lastIndexOf('{\n  "done"')
    const { done } = JSON.parse(stdout.slice(from, stdout.indexOf('\n}', from) + 2))
    const lines = readFileSync(this.#ordersFile, 'utf8').split('\n').filter(Boolean)
    rmSync(this.#ordersFile)
    return { ...done, orders: lines.map((line) => JSON.parse(line)) }
  }
}

function writeConfig(
  ports: Record<string, number>,
  lines: readonly number[],
  protocol: string,
  standby: 'off' | 'on' = 'off',
): string {
  const path = join(folder, `${nextInstance()}.json`)
  const server = (port: number) => `127.0.0.1:${port}`
  const login = { username: 'firm', password: 'secret' }
  writeFileSync(
    path,
    JSON.stringify({
      strategies: ['inventory-skew-maker', 'queue-imbalance-taker'],
      supervisor: { rehearse: false, restartsMax: 100, standby },
      gate: { decisionAgeMsMax: 2000 },
      live: {
        feed: {
          lines: lines.map(server),
          requestServer: server(ports.request!),
          snapshotServer: server(ports.glimpse!),
          snapshotUsername: login.username,
          snapshotPassword: login.password,
        },
        entry: { protocol, server: server(ports.ouch!), ...login, reconnectMs: 50, silenceMs: 3000 },
        dropCopy: { server: server(ports.dropCopy!), username: 'FIRM', password: 'copy' },
        halt: { strategySilenceMs: 100, storageSilenceMs: 0 },
      },
    }),
  )
  return path
}

/** Waits until the I/O kernel has sent so many more requests to the venue. */
export async function waitForRequests(instance: string, more: number): Promise<void> {
  await awaitIoCounter(instance, 'requestsRouted', ioCounter(instance, 'requestsRouted') + more)
}

/** Waits until an order has been filled. */
export async function waitForFill(instance: string): Promise<void> {
  await awaitIoCounter(instance, 'fills', 1)
}

/** Waits until the I/O kernel has taken one more snapshot. */
export async function waitForSnapshot(instance: string): Promise<void> {
  await awaitIoCounter(instance, 'snapshots', ioCounter(instance, 'snapshots') + 1)
}

/** Every order's terms, fills and end, the shares and the cash are the same at the venue and in the journal. */
export function expectSameLives(result: LiveResult, venue: VenueAtEnd): void {
  const comparison = compareLives(result.journal, venue.orders, venue.positions[0]!)
  expect(comparison).toMatchObject({ breaks: [], breaksMore: 0, fills: result.fills })
  expect(comparison.orders).toBeGreaterThan(0)
  expect(result.breaks).toEqual([])
  expect(result.live!.dropCopy!.matched).toBe(result.fills)
}

export interface Setting {
  readonly version: 42 | 50
  readonly faults?: readonly string[]
  /** Whether a standby follows the strategy kernel; off unless told. */
  readonly standby?: 'off' | 'on'
  /** Settings of the appliance, as `key=value`. */
  readonly set?: readonly string[]
  /** Puts somebody between the appliance and the venue's ports. @returns the ports that the appliance is told */
  readonly through?: (ports: Readonly<Record<VenuePort, number>>) => Promise<Record<VenuePort, number>>
  readonly disturb?: (instance: string, venue: BoxedVenue) => Promise<void>
}

/** Trades until so many requests were sent, is disturbed, trades on, and is stopped by SIGINT. */
export async function trade(setting: Setting): Promise<{ result: LiveResult; venue: VenueAtEnd }> {
  const lines = [await freePort(), await freePort()]
  const box = new BoxedVenue(lines, setting.version, setting.faults ?? [])
  return tradeWith(box, setting).finally(() => box.destroy())
}

async function tradeWith(box: BoxedVenue, setting: Setting): ReturnType<typeof trade> {
  const { version, standby, set = [], through, disturb } = setting
  const { lines } = box
  const ports = await box.ready()
  const config = writeConfig((await through?.(ports)) ?? ports, lines, `ouch${version}`, standby)
  const instance = nextInstance()
  const settings = set.flatMap((setting) => ['--set', setting])
  const { child, ended } = startXk(['run', '-c', config, '--instance', instance, '--json', ...settings], folder)
  const disturbance = waitForRequests(instance, 30).then(() => disturb?.(instance, box))
  const trouble = await Promise.race([disturbance.then(() => undefined), ended]).catch((error: Error) => error)
  // A run that has ended has no process to stop.
  if (child.exitCode === null) kill(child.pid!, 'SIGINT')
  const run = await ended
  const venue = await box.end()
  await disturbance.catch(() => undefined)
  if (trouble !== undefined)
    throw new Error(
      `the run went wrong: ${trouble instanceof Error ? trouble.message : JSON.stringify(trouble)}: ${run.stderr} ${run.stdout}`,
    )
  expect(run.stdout, run.stderr).toContain('"live"')
  return { result: JSON.parse(run.stdout) as LiveResult, venue }
}

/** Starts the appliance in a way of the test's own. */
export type StartAppliance = (args: readonly string[]) => {
  readonly child: ChildProcess
  readonly ended: Promise<XkRun>
}

/** Trades until so many requests were sent, is disturbed, and ends by itself. */
export async function tradeUntilItEnds(
  start: StartAppliance,
  set: readonly string[],
  disturb: (pid: number, instance: string) => void | Promise<void>,
): Promise<{ readonly run: XkRun; readonly venue: VenueAtEnd }> {
  const lines = [await freePort(), await freePort()]
  const box = new BoxedVenue(lines, 50, [])
  try {
    const config = writeConfig(await box.ready(), lines, 'ouch50')
    const instance = nextInstance()
    const settings = set.flatMap((setting) => ['--set', setting])
    const { child, ended } = start(['run', '-c', config, '--instance', instance, '--json', ...settings])
    const wasEarly = await Promise.race([waitForRequests(instance, 30).then(() => undefined), ended])
    if (wasEarly !== undefined) throw new Error(`the run ended too early: ${wasEarly.stderr} ${wasEarly.stdout}`)
    await disturb(child.pid!, instance)
    const run = await ended
    return { run, venue: await box.end() }
  } finally {
    box.destroy()
  }
}

export async function expectSameRerun(result: LiveResult): Promise<void> {
  const args = ['rerun', result.journal, '--json', '--instance', nextInstance(), '--layout', 'inline']
  const rerun = await runXk(args, folder)
  expect(rerun.code, rerun.stderr).toBe(0)
  expect(JSON.parse(rerun.stdout).isSame).toBe(true)
}

/** Names of the kernels that the inbound stream of a journal says came back, in that order. */
export async function resumedKernels(journal: string): Promise<string[]> {
  const dump = await runXk(['journal', 'dump', journal, '--stream', 'inbound', '--json'], folder)
  const records = dump.stdout.split('\n').filter((line) => line.includes('"resumed"'))
  return records.map((line) => SessionKernel[JSON.parse(line).kernel] ?? line)
}

/** Kills a kernel with -9 and waits until another process is in its place. */
export async function killKernel(instance: string, kernel: 'io' | 'strategy' | 'storage'): Promise<void> {
  const script = kernel === 'io' ? 'live' : kernel
  const killed = findKernelPid(instance, script)!
  kill(killed, 'SIGKILL')
  const isBack = () => ![undefined, killed].includes(findKernelPid(instance, script)) || undefined
  await waitFor(`the restarted ${kernel} kernel`, isBack, WAIT_MS)
}
