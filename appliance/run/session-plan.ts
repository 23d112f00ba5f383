import { createHash, randomBytes } from 'node:crypto'
import { findSessionEpoch } from '../../feeds/capture/open-feed.ts'
import { dayOf, midnightOf } from '../../feeds/protocol/session-epoch.ts'
import type { DayFacts } from '../../kernels/io/day-records.ts'
import type { GateLimits } from '../../kernels/io/gate/limits.ts'
import type { IoConfig } from '../../kernels/io/io-config.ts'
import type { StorageConfig } from '../../kernels/storage/storage-config.ts'
import type { StrategyBundle } from '../../kernels/strategy/bundle.ts'
import { bundleStrategy } from '../../kernels/strategy/bundle.ts'
import { LoadedStrategy } from '../../kernels/strategy/load.ts'
import { resolveParams } from '../../kernels/strategy/params.ts'
import type { StrategyKernelConfig } from '../../kernels/strategy/strategy-config.ts'
import type { SessionHeader } from '../../storage/catalogue/session-facts.ts'
import type { ApplianceConfig } from '../config/config.ts'
import { parseTimeOfDay } from '../config/time-of-day.ts'
import { planDay } from '../day/plan-day.ts'
import { findJournalInput, readJournalEpoch } from './journal-input.ts'
import { BOOK_ORDERS_MAX, INSTRUMENTS_MAX } from './session-bounds.ts'
import { withSessionHash } from './session-file.ts'
import { buildSessionHeader } from './session-header.ts'

/** Clock records ten times a second of virtual time: timers of strategies fire on this grid when nothing else comes. */
export const CLOCK_INTERVAL_NS = 100_000_000
/** Responses to the last orders still arrive: far more than any latency that makes sense. */
const SETTLE_NS = 1_000_000_000

/** All that the three kernels are told, and what identifies the session. */
export interface SessionPlan {
  readonly io: IoConfig
  readonly strategy: StrategyKernelConfig
  readonly storage: StorageConfig
  readonly strategies: readonly { readonly name: string; readonly path: string }[]
  readonly configHash: string
  readonly header: SessionHeader
  /** What is odd about the session, one line each. */
  readonly warnings: readonly string[]
}

/**
 * A journal has the epoch of its session, unless the day is configured.
 * @throws CaptureError when a file is missing, empty, unreadable or of no known kind
 * @throws XkError, JournalIoError for a journal that cannot be replayed
 */
function epochOfSession({ feed }: ApplianceConfig): number {
  const { files, timeZone, date } = feed
  const journal = findJournalInput(files)
  if (journal !== undefined && date === 'auto') return readJournalEpoch(journal)
  if (journal !== undefined) return midnightOf(date, timeZone)
  return findSessionEpoch(files, { timeZone, date: date === 'auto' ? undefined : date })
}

/** Times of day become ns since the session's epoch; "none" one that no session reaches. */
export function planGate({ gate }: ApplianceConfig): GateLimits {
  const opensNs = parseTimeOfDay(gate.opens) ?? 0
  const closesNs = parseTimeOfDay(gate.closes) ?? Number.MAX_SAFE_INTEGER
  return { ...gate, opensNs, closesNs }
}

/** Everything that decisions depend on besides the input, in a fixed order, as 16 hexadecimal digits of its SHA-256. */
export function hashDecisions(
  config: ApplianceConfig,
  bundles: readonly StrategyBundle[],
  day: DayFacts | undefined,
): string {
  const facts = {
    venue: config.venue,
    timeZone: config.feed.timeZone,
    date: config.feed.date,
    gate: config.gate,
    commands: config.commands,
    seed: config.seed,
    strategies: config.strategies.map((choice, index) => ({ code: bundles[index]!.digest, params: choice.params })),
    clockIntervalNs: CLOCK_INTERVAL_NS,
    settleNs: SETTLE_NS,
    // Without a file the hash is that of builds that knew none.
    ...(day !== undefined && { day }),
  }
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, 16)
}

/**
 * Bundles the strategies of a configuration and checks their parameters: a broken one is reported before anything starts.
 * @throws PluginBundleError, PluginLoadError, ParamError
 */
export async function planStrategies(
  config: ApplianceConfig,
): Promise<Pick<StrategyKernelConfig, 'bundles' | 'params'> & Pick<SessionPlan, 'strategies'>> {
  const bundles = await Promise.all(config.strategies.map((choice) => bundleStrategy(choice.path)))
  const params = config.strategies.map((choice) => choice.params)
  const strategies = bundles.map((bundle, index) => {
    const loaded = LoadedStrategy.load(bundle)
    resolveParams(loaded.name, bundle.path, loaded.params, params[index]!)
    return { name: loaded.name, path: config.strategies[index]!.path }
  })
  return { bundles, params, strategies }
}

/**
 * Works out what each kernel is told.
 * @param journalPath folder of this run's journal
 * @throws PluginBundleError, PluginLoadError, ParamError, CaptureError, ConfigError for a start-of-day file that is not valid
 */
export async function planSession(config: ApplianceConfig, journalPath: string): Promise<SessionPlan> {
  const { bundles, params, strategies } = await planStrategies(config)
  const epochSeconds = epochOfSession(config)
  const date = epochSeconds === 0 ? null : dayOf(epochSeconds, config.feed.timeZone)
  const day = planDay(
    config,
    strategies.map(({ name }) => name),
    date,
  )
  const configHash = hashDecisions(config, bundles, day.facts)
  const io: IoConfig = {
    files: config.feed.files,
    latencies: config.venue,
    gate: planGate(config),
    commands: config.commands,
    speed: config.speed === 'max' ? 0 : config.speed,
    clockIntervalNs: CLOCK_INTERVAL_NS,
    settleNs: SETTLE_NS,
    delayLineRecords: config.rings.delayLineRecords,
    reserveBytes: config.rings.inboundReserveBytes,
    instrumentsMax: INSTRUMENTS_MAX,
    bookOrdersMax: BOOK_ORDERS_MAX,
    stepBudget: config.step.inboundBatch,
    durableBeforeSend: config.journal.durability === 'sync',
    journalPath,
    snapshots: config.snapshots,
    session: {
      epochSeconds,
      seed: config.seed,
      configHash,
      venue: 'simulated',
      strategyCount: bundles.length,
    },
    day: day.facts,
  }
  const strategy = planStrategyKernel(config, journalPath, bundles, params)
  const storage = planStorageKernel(config, journalPath, configHash)
  const header = buildSessionHeader({ kind: 'replay', config, strategy, strategies, configHash, epochSeconds })
  return withSessionHash({ io, strategy, storage, strategies, configHash, header, warnings: day.warnings })
}

/** What the strategy kernel of a new session is told. */
export function planStrategyKernel(
  config: ApplianceConfig,
  journalPath: string,
  bundles: StrategyKernelConfig['bundles'],
  params: StrategyKernelConfig['params'],
): StrategyKernelConfig {
  return {
    bundles,
    params,
    seed: config.seed,
    instrumentsMax: INSTRUMENTS_MAX,
    bookOrdersMax: BOOK_ORDERS_MAX,
    openOrdersMax: config.gate.openOrdersMax,
    stepBudget: config.step.strategyBatch,
    journalPath,
    snapshots: config.snapshots,
    disabled: [],
  }
}

/** What the storage kernel of a new session is told. */
export function planStorageKernel(config: ApplianceConfig, journalPath: string, configHash: string): StorageConfig {
  return {
    journalPath,
    journalId: randomBytes(8).toString('hex'),
    segmentBytes: config.journal.segmentBytes,
    durability: config.journal.durability,
    groupDelayUs: config.journal.groupDelayUs,
    sealKey: config.journal.sealKey ?? '',
    compresses: config.journal.compress,
    stepBudget: config.step.storageBatch,
    configHash,
    sessionHash: '',
    label: config.instance,
  }
}
