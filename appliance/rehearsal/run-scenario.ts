import { createSocket } from 'node:dgram'
import { setTimeout as wait } from 'node:timers/promises'
import { FIRST_USER_ACCOUNT } from '../../feeds/exchange/recorded-flow.ts'
import { OuchVersion } from '../../feeds/ouch/versions.ts'
import { XkError } from '../../kernels/host/xk-error.ts'
import { Venue } from '../venue/venue.ts'
import { noFaults } from '../venue/venue-faults.ts'
import { WireLog } from '../venue/wire-log.ts'
import { type ApplianceEnd, type ApplianceOptions, ApplianceSession } from './appliance-session.ts'
import { judgeSession } from './judge-session.ts'
import type { Scenario } from './scenario.ts'
import type { ScenarioResult, SheetRow } from './sheet.ts'
import { StepRunner } from './step-runner.ts'

const HOST = '127.0.0.1'
const LOGIN = { username: 'firm', password: 'secret' } as const
const FIRM = 'FIRM'
/** The exchange's time when a scenario begins: half past nine and a minute. */
const START_NS = 34_260e9
/** How long an appliance may take to end in order. */
const END_MS = 60_000
const LIMITS = { ordersMax: 1 << 14, instrumentsMax: 64, keptBytesMax: 1 << 26, keptMessagesMax: 1 << 20 }
const PAYLOAD_BYTES = 1400

export interface ScenarioOptions {
  readonly configPath: string | undefined
  readonly instance: string
  readonly journalFolder: string
  readonly seed: number
  readonly signal: AbortSignal
}

/** Opens a venue and an appliance for one scenario, runs its steps, ends both, and judges what the venue and the journal hold. */
export async function runScenario(scenario: Scenario, options: ScenarioOptions): Promise<ScenarioResult> {
  const startMs = performance.now()
  const faults = noFaults()
  const wire = new WireLog()
  const lines = [await freeUdpPort(), await freeUdpPort()] as const
  const venue = openVenue(scenario, options.seed, lines, faults, wire)
  const ports = await venue.open()
  const stopVenue = new AbortController()
  const serving = venue.run(stopVenue.signal)
  const { configPath, instance, journalFolder } = options
  const place: ApplianceOptions = { configPath, instance, journalFolder, host: HOST, ports, lines, login: LOGIN }
  const appliance = new ApplianceSession(scenario, place)
  const rows: SheetRow[] = []
  let end: ApplianceEnd
  try {
    const runner = new StepRunner(scenario, { venue, faults, wire, appliance, username: LOGIN.username })
    rows.push(...(await runner.run(options.signal)))
    end = await endAppliance(appliance)
  } finally {
    appliance.kill()
    await appliance.ended
    stopVenue.abort()
    await serving
    await venue.close()
  }
  options.signal.throwIfAborted()
  rows.push(...(await judgeSession(scenario, venue, wire, end)))
  return {
    name: scenario.name,
    about: scenario.about,
    isPassed: rows.every(({ isPassed }) => isPassed),
    rows,
    journal: end.result?.journal ?? '',
    elapsedMs: Math.round(performance.now() - startMs),
  }
}

function openVenue(
  scenario: Scenario,
  seed: number,
  [portA, portB]: readonly [number, number],
  faults: ReturnType<typeof noFaults>,
  wire: WireLog,
): Venue {
  const version = scenario.protocol === 'ouch42' ? OuchVersion.V42 : OuchVersion.V50
  return new Venue({
    ...LIMITS,
    seed,
    session: 'REHEARSAL',
    accountsMax: FIRST_USER_ACCOUNT + 1,
    users: [{ ...LOGIN, version, account: FIRST_USER_ACCOUNT, firm: FIRM }],
    payloadBytesMax: PAYLOAD_BYTES,
    host: HOST,
    lines: [
      { host: HOST, port: portA },
      { host: HOST, port: portB },
    ],
    requestPort: 0,
    ouchPort: 0,
    dropCopyPort: 0,
    glimpsePort: 0,
    dropCopyPasswords: new Map(),
    cancelOnDisconnect: false,
    symbols: scenario.symbols,
    startNs: START_NS,
    speed: 1,
    faults,
    wire,
    nowNs: () => Number(process.hrtime.bigint()),
  })
}

/** SIGINT, and the venue goes on answering until the appliance has gone. */
async function endAppliance(appliance: ApplianceSession): Promise<ApplianceEnd> {
  appliance.stop()
  const patience = new AbortController()
  const late = wait(END_MS, undefined, { signal: patience.signal }).then(
    () => appliance.kill(),
    () => undefined,
  )
  const end = await appliance.ended
  patience.abort()
  await late
  return end
}

/** A UDP port that was free a moment ago. @throws XkError when there is none */
async function freeUdpPort(): Promise<number> {
  const socket = createSocket('udp4')
  await new Promise<void>((resolve, reject) => {
    socket.once('error', (cause) => reject(new XkError({ code: 'no-port', what: 'no UDP port is free', cause })))
    socket.bind(0, HOST, resolve)
  })
  const { port } = socket.address()
  await new Promise<void>((resolve) => socket.close(() => resolve()))
  return port
}
