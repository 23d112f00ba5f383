import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { findPackageRoot } from '../../kernels/host/package-root.ts'
import type { LiveResult } from '../run/live-types.ts'
import type { VenueAddresses } from '../venue/venue.ts'
import type { Scenario } from './scenario.ts'

/** Bound of what is kept of the output. Policy: the end is what counts, the beginning goes. */
const OUTPUT_MAX = 1 << 24

export interface ApplianceOptions {
  /** Configuration of the appliance; a plain one where there is none. */
  readonly configPath: string | undefined
  readonly instance: string
  readonly journalFolder: string
  readonly host: string
  readonly ports: VenueAddresses
  /** UDP ports of lines A and B. */
  readonly lines: readonly [number, number]
  readonly login: { readonly username: string; readonly password: string }
}

/** Where no configuration says otherwise: a rehearsal may run on a busy machine, and nobody waits for a reconnect. */
const PLAIN_SETTINGS: Readonly<Record<string, unknown>> = {
  'supervisor.rehearse': false,
  'gate.decisionAgeMsMax': 10_000,
  'live.entry.reconnectMs': 50,
  'live.halt.strategySilenceMs': 10_000,
  'live.halt.storageSilenceMs': 0,
  'live.halt.feedSilenceMs': 20_000,
}

/** How an appliance's process ended. */
export interface ApplianceEnd {
  readonly exitCode: number | null
  /** What it reported; undefined where it did not come so far. */
  readonly result: LiveResult | undefined
  readonly errors: string
}

/** A live session of the appliance, `xk run`, in a process of its own. */
export class ApplianceSession {
  readonly ended: Promise<ApplianceEnd>
  hasEnded = false
  readonly #child: ChildProcess

  constructor(scenario: Scenario, options: ApplianceOptions) {
    const script = join(findPackageRoot(), 'dist', 'xk.main.js')
    this.#child = spawn(process.execPath, [script, ...argumentsOf(scenario, options)], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    let errors = ''
    this.#child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-OUTPUT_MAX)
    })
    this.#child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      errors = (errors + text).slice(-OUTPUT_MAX)
    })
    this.ended = new Promise((resolve) => {
      this.#child.once('error', (error) => resolve(this.#end(null, '', error.message)))
      this.#child.once('close', (exitCode) => resolve(this.#end(exitCode, output, errors)))
    })
  }

  /** Asks the appliance to end in order. */
  stop(): void {
    if (!this.hasEnded) this.#child.kill('SIGINT')
  }

  /** Ends an appliance that does not end. */
  kill(): void {
    if (!this.hasEnded) this.#child.kill('SIGTERM')
  }

  #end(exitCode: number | null, output: string, errors: string): ApplianceEnd {
    this.hasEnded = true
    return { exitCode, result: parseResult(output), errors: errors.trim() }
  }
}

function parseResult(output: string): LiveResult | undefined {
  if (!output.startsWith('{')) return undefined
  const result = JSON.parse(output)
  return 'journal' in result ? result : undefined
}

function argumentsOf(scenario: Scenario, options: ApplianceOptions): string[] {
  const { configPath, instance, journalFolder, host, ports, lines, login } = options
  const at = (port: number) => `${host}:${port}`
  const settings: Record<string, unknown> = {
    ...(configPath === undefined && PLAIN_SETTINGS),
    ...scenario.settings,
    'live.feed.lines': lines.map(at),
    'live.feed.requestServer': at(ports.request),
    'live.feed.snapshotServer': at(ports.glimpse),
    'live.feed.snapshotUsername': login.username,
    'live.feed.snapshotPassword': login.password,
    'live.entry.protocol': scenario.protocol,
    'live.entry.server': at(ports.ouch),
    'live.entry.username': login.username,
    'live.entry.password': login.password,
  }
  const params = Object.entries(scenario.params).map(([key, value]) => `${key}=${value}`)
  return [
    'run',
    '--json',
    ...(configPath === undefined ? [] : ['-c', configPath]),
    ...['--instance', instance, '--journal', journalFolder, '--strategy', scenario.strategy],
    ...(params.length === 0 ? [] : ['--params', ...params]),
    ...Object.entries(settings).flatMap(([key, value]) => ['--set', `${key}=${JSON.stringify(value)}`]),
  ]
}
