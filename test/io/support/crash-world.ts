import { assembleIo, type IoAssembly } from '../../../kernels/io/assemble.ts'
import { Held } from '../../../kernels/io/gate/exposure.ts'
import { recoverIo } from '../../../kernels/io/recovery/recover-io.ts'
import { openIoSnapshotStore, startIoSnapshots } from '../../../kernels/io/snapshots.ts'
import { createHeapRegion, Membership, type RingSizes } from '../../../kernels/loop/regions.ts'
import { StoragePosition, StorageState } from '../../../kernels/loop/storage-positions.ts'
import { REHEARSAL_STRATEGY } from '../../../kernels/rehearsal/rehearsal-strategy.ts'
import { assembleStorage, type StorageAssembly } from '../../../kernels/storage/assemble.ts'
import { assembleStrategy, type StrategyAssembly } from '../../../kernels/strategy/assemble.ts'
import { LoadedStrategy } from '../../../kernels/strategy/load.ts'
import { resumeStrategy } from '../../../kernels/strategy/resume.ts'
import { openSnapshotStore, startSnapshots } from '../../../kernels/strategy/snapshots.ts'
import { LiveFollower } from '../../../kernels/strategy/standby/follower.ts'
import { takeOver } from '../../../kernels/strategy/standby/take-over.ts'
import type { StrategyKernelConfig } from '../../../kernels/strategy/strategy-config.ts'
import type { StrategyPlan } from '../../../kernels/strategy/strategy-kernel.ts'
import { DirectJournalSink } from '../../../storage/journal/direct-sink.ts'
import { verifyStorage } from '../../../storage/journal/verify.ts'
import { JournalWriter } from '../../../storage/journal/writer.ts'
import type { Strategy } from '../../../strategies/plugin/define.ts'
import { attach } from '../../../strategies/plugin/facade/attach.ts'
import { PositionSlot } from '../../../strategies/plugin/memory.ts'
import { MemoryStorage } from '../../storage/support/memory-storage.ts'
import { IDENTITY } from '../../storage/support/scripts.ts'
import type { TestRandom } from '../../support/test-random.ts'
import { IO_CONFIG, RINGS, SEGMENT_BYTES, STRATEGY_CONFIG } from './crash-config.ts'
import { Recovering } from './recovering.ts'
import { tapStores } from './store-tap.ts'
import { SyntheticMarket } from './synthetic-market.ts'

export type Kernel = 'io' | 'strategy' | 'storage'
/** Who goes next, and how much it may do. */
export type Turns = (turn: number) => { readonly who: Kernel; readonly budget: number }

/** Thrown in place of a store at which a kernel dies. */
class Death extends Error {}

const IDLE_TURNS_MAX = 10_000

const silentClock = {
  readInto(target: Float64Array, index: number): void {
    target[index] = 0
  },
}

export interface CrashWorldOptions {
  /** Numbers of the stores at which the kernel that makes it dies, from 1. */
  readonly deadly?: readonly number[]
  /** Inbound records between two snapshots of the strategy and the I/O kernel, 0 for none. */
  readonly snapshotEvery?: number
  /** Inbound sequence behind which the user ends the session. */
  readonly endEarlyAt?: number
  /** The strategy, evaluated anew for each life of its kernel. */
  readonly definition?: () => Strategy
  /** Turns between two of a standby of the strategy kernel; without it there is none. */
  readonly standbyEvery?: number
  /** Size of the two rings, if they are to be small enough to overtake a standby. */
  readonly rings?: RingSizes
}

/** What a session came to. */
export interface CrashOutcome {
  readonly inbound: { readonly records: number; readonly digest: string | null }
  readonly outbound: { readonly records: number; readonly digest: string | null }
  /** Firm-wide positions by instrument, as the gate and as the strategies have them. */
  readonly gatePositions: readonly number[]
  readonly strategyPositions: readonly number[]
  readonly gateOrders: number
  readonly venueOrders: number
  readonly strategyOrders: number
}

/**
 * The three real kernels over heap regions and a journal in memory, on one thread. A kernel dies when it is about to make
 * a store of a given number; what it had not stored is lost, and a successor takes over what was.
 */
export class CrashWorld {
  /** Stores so far: to rings, cursors and the journal. */
  stores = 0
  /** Who made each of them. */
  readonly makers: Kernel[] = []
  /** Who died, and at which store. */
  readonly deaths: { readonly who: Kernel; readonly store: number }[] = []
  readonly journal = new MemoryStorage()
  readonly #regions
  /** Times that a standby took the strategy kernel's place, and records that standbys had to read from the journal. */
  takeovers = 0
  journaled = 0
  /** Times that a kernel on its way back waited for records while another was on its way back too. */
  waitsTogether = 0
  /** What strategy kernels said of their resumes and snapshots. */
  readonly notes: string[] = []
  /** I/O kernels that came back from a snapshot: behind which record it was, and what had been published. */
  readonly ioResumes: { readonly from: number; readonly last: number }[] = []
  readonly #snapshotEvery: number
  readonly #endEarlyAt: number
  readonly #definition: () => Strategy
  readonly #deadly: Set<number>
  readonly #marketRecords: number
  readonly #turns: Turns
  #turn = 0
  #acting: Kernel = 'io'
  /** From the death of a kernel until its successor begins. */
  #isDying = false
  /** Kernels on their way back: all at once, each at its turns, as processes are. */
  readonly #recovering = new Map<Kernel, Recovering>()
  #io: IoAssembly | undefined
  #strategy: StrategyAssembly | undefined
  #storage: StorageAssembly | undefined
  readonly #standbyEvery: number
  #standby: LiveFollower | undefined

  constructor(marketRecords: number, turns: Turns, options: CrashWorldOptions = {}) {
    const rings = options.rings ?? RINGS
    this.#regions = {
      io: createHeapRegion('io', rings),
      strategy: createHeapRegion('strategy', rings),
      storage: createHeapRegion('storage', rings),
      membership: new Int32Array(Membership.Count).fill(1),
    }
    this.#standbyEvery = options.standbyEvery ?? 0
    this.#snapshotEvery = options.snapshotEvery ?? 0
    this.#endEarlyAt = options.endEarlyAt ?? Number.POSITIVE_INFINITY
    this.#definition = options.definition ?? (() => REHEARSAL_STRATEGY)
    this.#marketRecords = marketRecords
    this.#turns = turns
    this.#deadly = new Set(options.deadly ?? [])
    this.journal.onCall = (call, _index, bytes) => {
      if (call !== 'open') this.#noteStore()
      return bytes
    }
  }

  /** Runs the session to its end. @throws when nothing moves for long */
  async run(): Promise<CrashOutcome> {
    const untap = tapStores(() => this.#noteStore())
    try {
      for (const kernel of ['storage', 'strategy', 'io'] as const) await this.#begin(kernel)
      this.#startStandby()
      await this.#repeat(
        () => this.#takeTurn(),
        () => this.#isDecided(),
      )
      let isWritten = false
      const write = () => {
        isWritten = this.#step('storage', 1000) === 0 && this.#storage!.kernel.flush()
        return 1
      }
      await this.#repeat(
        () => this.#guard('storage', write),
        () => isWritten,
      )
    } finally {
      untap()
    }
    return this.#outcome()
  }

  async #repeat(move: () => Promise<number>, isDone: () => boolean): Promise<void> {
    for (let idle = 0; !isDone(); ) {
      idle = (await move()) > 0 ? 0 : idle + 1
      if (idle > IDLE_TURNS_MAX) throw new Error(`stuck after ${this.stores} stores`)
    }
  }

  #noteStore(): void {
    if (this.#isDying) throw new Death('the dead make no stores')
    this.stores++
    this.makers.push(this.#acting)
    if (!this.#deadly.has(this.stores)) return
    this.deaths.push({ who: this.#acting, store: this.stores })
    this.#isDying = true
    throw new Death(`${this.#acting} dies at store ${this.stores}`)
  }

  #takeTurn(): Promise<number> {
    const { who, budget } = this.#turns(this.#turn++)
    if (this.#standbyEvery > 0 && this.#turn % this.#standbyEvery === 0) this.#standby?.step(budget)
    return this.#guard(who, () => this.#step(who, budget))
  }

  #startStandby(): void {
    if (this.#standbyEvery === 0) return
    const { journal } = this
    const config = this.#strategyConfig()
    const snapshot = this.#snapshotEvery > 0 ? openSnapshotStore(journal, config).findLatest() : undefined
    const parts = { config, regions: this.#regions, journal, activity: new Int32Array(8), snapshot }
    this.#standby = new LiveFollower({ ...parts, strategies: this.#plans() })
  }

  /** The standby, if there is one, in the dead kernel's place; one that dies on the way leaves it to the ordinary restart. */
  #promoteStandby(): StrategyAssembly | undefined {
    const follower = this.#standby
    if (follower === undefined) return undefined
    this.#standby = undefined
    const assembly = takeOver({ follower, regions: this.#regions, clock: silentClock, deathSeenNs: 0 })
    this.takeovers++
    this.journaled += follower.journaled
    return assembly
  }

  #strategyConfig(): StrategyKernelConfig {
    return { ...STRATEGY_CONFIG, snapshots: { everyRecords: this.#snapshotEvery, pauseMsMax: 50 } }
  }

  #plans(): readonly StrategyPlan[] {
    return [{ loaded: LoadedStrategy.fromDefinition(this.#definition(), attach), params: {} }]
  }

  /** Lets a kernel act, or go on with its recovery; one that dies is started again. */
  async #guard(who: Kernel, act: () => number): Promise<number> {
    const recovering = this.#recovering.get(who)
    if (recovering !== undefined) return this.#resume(who, recovering)
    let done = 1
    try {
      done = this.#act(who, act)
    } catch (error) {
      if (!this.#isDying) throw error
    }
    // The journal takes whatever a call throws for a refusal of the disk.
    if (!this.#isDying) return done
    await this.#restart(who)
    return 1
  }

  /** Lets a recovery go on until it waits again. @returns whether it came to its end */
  async #resume(who: Kernel, recovering: Recovering): Promise<number> {
    this.#acting = who
    const isBack = await recovering.goOn()
    if (isBack) this.#recovering.delete(who)
    return isBack ? 1 : 0
  }

  #act<T>(who: Kernel, act: () => T): T {
    const before = this.#acting
    this.#acting = who
    try {
      return act()
    } finally {
      this.#acting = before
    }
  }

  /** One that is dead, or only on its way back, does nothing. */
  #step(who: Kernel, budget: number): number {
    if (who === 'io') return this.#stepIo(budget)
    if (who === 'strategy') return this.#strategy?.stepper.step(budget) ?? 0
    return this.#storage?.kernel.step(budget) ?? 0
  }

  #stepIo(budget: number): number {
    const kernel = this.#io?.kernel
    if (kernel === undefined) return 0
    // As the user's stop, which a successor finds in the control words too.
    if (kernel.facts[0]! >= this.#endEarlyAt) kernel.endEarly()
    return kernel.step(budget)
  }

  async #begin(who: Kernel): Promise<void> {
    this.#acting = who
    try {
      await this.#create(who, false)
    } catch (error) {
      if (!this.#isDying) throw error
      await this.#restart(who)
    }
  }

  /** Starts a dead kernel's successor, again if that dies on the way. */
  async #restart(who: Kernel): Promise<void> {
    const recovering = new Recovering(async () => {
      for (;;) {
        this.#drop(who)
        this.#isDying = false
        try {
          await this.#create(who, true)
          return
        } catch (error) {
          if (!this.#isDying) throw error
        }
      }
    })
    this.#recovering.set(who, recovering)
    await this.#resume(who, recovering)
  }

  #drop(who: Kernel): void {
    if (who === 'io') this.#io = undefined
    else if (who === 'strategy') this.#strategy = undefined
    else this.#storage = undefined
  }

  async #create(who: Kernel, isRestart: boolean): Promise<void> {
    if (who === 'io') this.#io = await this.#createIo(isRestart)
    else if (who === 'strategy') this.#strategy = await this.#createStrategy(isRestart)
    else this.#storage = this.#createStorage()
  }

  async #createIo(isRestart: boolean): Promise<IoAssembly> {
    const market = new SyntheticMarket({ seed: 17, records: this.#marketRecords, stepNsMax: 2_000 })
    const config = { ...IO_CONFIG, snapshots: { everyRecords: this.#snapshotEvery, pauseMsMax: 50 } }
    const io = assembleIo(config, market as never, this.#regions, silentClock)
    const { journal } = this
    const pause = this.#pauseOf('io')
    const store = openIoSnapshotStore(journal, config)
    if (isRestart) {
      const snapshot = this.#snapshotEvery > 0 ? store.findLatest() : undefined
      const last = await recoverIo(io, { regions: this.#regions, journal, clock: silentClock, pause, snapshot })
      if (snapshot !== undefined) this.ioResumes.push({ from: snapshot.inboundSequence, last })
    }
    startIoSnapshots(io, config.snapshots, store, silentClock, (reason) => this.notes.push(`io: ${reason}`))
    return io
  }

  async #createStrategy(isRestart: boolean): Promise<StrategyAssembly> {
    const plans = () => this.#plans()
    const config = this.#strategyConfig()
    const { journal } = this
    const regions = this.#regions
    const onNote = (text: string) => this.notes.push(text)
    const pause = this.#pauseOf('strategy')
    const assembly = isRestart
      ? (this.#promoteStandby() ??
        (await resumeStrategy({ config, regions, clock: silentClock, journal, pause, onNote, plans })))
      : assembleStrategy(config, regions, silentClock, undefined, plans())
    startSnapshots(assembly, config, openSnapshotStore(journal, config), silentClock, onNote)
    if (isRestart) this.#startStandby()
    return assembly
  }

  #createStorage(): StorageAssembly {
    // The dying one took its death for a refusal of the disk; a process that is killed does not get to say so.
    this.#regions.storage.viewDoubles('positions')[StoragePosition.State] = StorageState.Running
    const options = { identity: IDENTITY, segmentBytes: SEGMENT_BYTES, digests: true }
    const { writer, recovered } = JournalWriter.open(this.journal, options)
    return assembleStorage(this.#regions, new DirectJournalSink(writer, { mode: 'async' }, () => 0), recovered, {
      mode: 'async',
    })
  }

  /** While a kernel recovers, the others go on. */
  #pauseOf(who: Kernel): () => Promise<void> {
    return () => {
      if (this.#recovering.size > 1) this.waitsTogether++
      return this.#recovering.get(who)!.pause()
    }
  }

  #isDecided(): boolean {
    const io = this.#io?.kernel
    if (io?.isFinished !== true || this.#strategy?.kernel.lastSequence !== io.facts[0]) return false
    const { ports, trail } = this.#io!
    return trail.position === ports.inbound.tailPosition()
  }

  #outcome(): CrashOutcome {
    const io = this.#io!
    const { strategies } = this.#strategy!.kernel
    const { inbound, outbound } = verifyStorage(this.journal)
    const instruments = [1, 2, 3]
    const { exposure } = io.gate.state
    return {
      inbound: { records: inbound.records, digest: inbound.digest },
      outbound: { records: outbound.records, digest: outbound.digest },
      gatePositions: instruments.map((instrument) => exposure.cells[exposure.at(instrument) + Held.Position]!),
      strategyPositions: instruments.map(
        (instrument) => strategies[0]!.positions[instrument * PositionSlot.Slots + PositionSlot.Quantity]!,
      ),
      gateOrders: io.gate.state.openOrders.count,
      venueOrders: io.venue.orders.count,
      strategyOrders: strategies[0]!.orders.count,
    }
  }
}

/** Takes turns at random, from a seed; one of the kernels seldom. */
export function lazyTurns(lazy: Kernel, random: TestRandom): Turns {
  const others = (['io', 'strategy', 'storage'] as const).filter((kernel) => kernel !== lazy)
  return () => ({ who: random.below(12) === 0 ? lazy : others[random.below(2)]!, budget: 1 + random.below(6) })
}
