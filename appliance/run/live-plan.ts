import { dayOf, midnightBefore, midnightOf } from '../../feeds/protocol/session-epoch.ts'
import { realtimeNow } from '../../kernels/host/clock.ts'
import { ExitCode, XkError } from '../../kernels/host/xk-error.ts'
import type { LiveConfig } from '../../kernels/io/live/live-config.ts'
import type { ApplianceConfig } from '../config/config.ts'
import { planDay } from '../day/plan-day.ts'
import type { ProcessSession } from './process-run.ts'
import { BOOK_ORDERS_MAX, INSTRUMENTS_MAX } from './session-bounds.ts'
import { withSessionHash } from './session-file.ts'
import { buildSessionHeader } from './session-header.ts'
import {
  CLOCK_INTERVAL_NS,
  hashDecisions,
  planGate,
  planStorageKernel,
  planStrategies,
  planStrategyKernel,
} from './session-plan.ts'

/** The longest packet of a feed on Ethernet, jumbo frames apart. */
const PACKET_BYTES_MAX = 2048
const END_PATIENCE_MS = 3000

/** What the three kernels of a live session are told. */
export interface LivePlan extends ProcessSession {
  readonly io: LiveConfig
  /** What is odd about the session, one line each. */
  readonly warnings: readonly string[]
}

function missing(key: string, what: string): XkError {
  return new XkError({
    code: 'live-not-configured',
    what: `a live session needs ${what}`,
    where: key,
    next: `set ${key} in the configuration, or by --set ${key}=…`,
    exitCode: ExitCode.Usage,
  })
}

function unfit(key: string, what: string, next: string): XkError {
  return new XkError({ code: 'live-not-configured', what, where: key, next, exitCode: ExitCode.Usage })
}

/**
 * Works out what each kernel of a live session is told.
 * @param journalPath folder of this run's journal
 * @throws XkError when the configuration names no feed or no venue; PluginBundleError, PluginLoadError, ParamError; ConfigError
 *   for a start-of-day file that is not valid
 */
export async function planLive(config: ApplianceConfig, journalPath: string, rehearses: boolean): Promise<LivePlan> {
  checkLive(config)
  const { bundles, params, strategies } = await planStrategies(config)
  const { timeZone, date } = config.feed
  const startSeconds = realtimeNow().seconds
  const epochSeconds = date === 'auto' ? midnightBefore(startSeconds, timeZone) : midnightOf(date, timeZone)
  const names = strategies.map(({ name }) => name)
  const day = planDay(config, names, dayOf(epochSeconds, timeZone))
  const configHash = hashDecisions(config, bundles, day.facts)
  const session = {
    epochSeconds,
    seed: config.seed,
    configHash,
    venue: config.live.entry.protocol,
    strategyCount: names.length,
  }
  const io = planIo(config, { session, startSeconds, day: day.facts, journalPath })
  const strategy = planStrategyKernel(config, journalPath, bundles, params)
  return withSessionHash({
    ioScript: 'live.process.js' as const,
    io,
    strategy,
    header: buildSessionHeader({ kind: 'live', config, strategy, strategies, configHash, epochSeconds }),
    storage: planStorageKernel(config, journalPath, configHash),
    strategies,
    configHash,
    rehearses,
    hasStandby: config.supervisor.standby === 'on',
    warnings: day.warnings,
  })
}

/** @throws XkError when the configuration names no feed or no venue, or asks for what only a replay does */
export function checkLive({ live, layout, commands }: ApplianceConfig): void {
  if (layout === 'inline') throw unfit('layout', 'a live session has a process for each kernel', 'set it to processes')
  if (commands.length > 0) {
    throw unfit('commands', 'commands at a given time are for replays', 'leave them out, and use xk command')
  }
  if (live.feed.lines.length === 0) throw missing('live.feed.lines', 'a line of market data')
  if (live.entry.server === '') throw missing('live.entry.server', 'an order entry port')
}

type LiveSession = Pick<LiveConfig, 'session' | 'startSeconds' | 'day' | 'journalPath'>

function planIo(config: ApplianceConfig, live: LiveSession): LiveConfig {
  const { feed, entry, dropCopy, halt } = config.live
  const snapshots = {
    server: feed.snapshotServer,
    username: feed.snapshotUsername,
    password: feed.snapshotPassword,
  }
  return {
    lines: feed.lines,
    interfaceAddress: feed.interfaceAddress,
    receiveBufferBytes: feed.receiveBufferBytes,
    requestServer: feed.requestServer,
    snapshots: feed.snapshotServer === '' ? undefined : snapshots,
    gaps: {
      packetsMax: feed.heldPackets,
      packetBytesMax: PACKET_BYTES_MAX,
      patienceMs: feed.gapPatienceMs,
      retryMs: feed.requestRetryMs,
    },
    entry: {
      protocol: entry.protocol,
      server: entry.server,
      username: entry.username,
      password: entry.password,
      firm: entry.firm,
      reconnectMs: entry.reconnectMs,
      times: { heartbeatMs: entry.heartbeatMs, silenceMs: entry.silenceMs, loginMs: entry.silenceMs },
      cancelsOnDisconnect: halt.onDisconnect,
    },
    dropCopy: dropCopy.server === '' ? undefined : dropCopy,
    policies: {
      feedSilenceMs: halt.feedSilenceMs,
      strategySilenceMs: halt.strategySilenceMs,
      storageSilenceMs: halt.storageSilenceMs,
      haltsOnStorageFailure: halt.onStorageFailure,
      clockErrorMsMax: halt.clockErrorMsMax,
      clockSource: halt.clockSource,
      ringShareMax: halt.ringShareMax,
    },
    gate: planGate(config),
    durableBeforeSend: config.journal.durability === 'sync',
    clockIntervalNs: CLOCK_INTERVAL_NS,
    endPatienceMs: END_PATIENCE_MS,
    reserveBytes: config.rings.inboundReserveBytes,
    instrumentsMax: INSTRUMENTS_MAX,
    bookOrdersMax: BOOK_ORDERS_MAX,
    stepBudget: config.step.inboundBatch,
    stateSnapshots: config.snapshots,
    ...live,
  }
}
