import { JournalStream } from '../../../storage/journal/layout.ts'
import type { SegmentStorage } from '../../../storage/journal/segment-storage.ts'
import type { Snapshot } from '../../../storage/snapshot/snapshot-store.ts'
import { restoreKernel } from '../../loop/snapshot-barrier.ts'
import { GatingSet, viewCursor } from '../../ring/gating.ts'
import { ringSectionBytes } from '../../ring/layout.ts'
import { RingProducer } from '../../ring/producer.ts'
import { createStrategyKernel, loadStrategies, type StrategyRegions } from '../assemble.ts'
import { StandbyBehindError } from '../errors.ts'
import { OutboundWriter } from '../outbound.ts'
import type { StrategyKernelConfig } from '../strategy-config.ts'
import type { StrategyKernel, StrategyPlan } from '../strategy-kernel.ts'
import { LivePosition } from './live-position.ts'
import { LivePublished } from './live-published.ts'
import { RecordTrail } from './record-trail.ts'

export interface FollowerParts {
  readonly config: StrategyKernelConfig
  /** All of them mapped read-only. */
  readonly regions: StrategyRegions
  readonly journal: SegmentStorage
  /** Words of the standby's own region that tell what runs. */
  readonly activity: Int32Array
  /** Where it begins, if not at the session's start. */
  readonly snapshot?: Snapshot | undefined
  /** What runs in it, if not the configured plugins. */
  readonly strategies?: readonly StrategyPlan[] | undefined
}

/**
 * A strategy kernel in the shadow of the live one: it handles what that one has given back, never more, so whatever it
 * decides is published already; each record is compared and none is published. It gates nobody, and so can hold nobody up.
 */
export class LiveFollower {
  readonly kernel: StrategyKernel
  readonly published: LivePublished
  readonly #inbound: RecordTrail
  readonly #outbound: RecordTrail
  readonly #live: LivePosition
  /** [0] sequence up to which the live kernel is done, as of the last look. */
  readonly #done = new Float64Array(1)

  /** @throws ParamError, PluginLoadError, StateArchiveError for a snapshot of another kernel */
  constructor({ config, regions, journal, activity, snapshot, strategies }: FollowerParts) {
    const { io, strategy, storage } = regions
    const written = (stream: string) => viewCursor(storage.buffer, storage.offsetOf(`cursor.${stream}`))
    this.#inbound = new RecordTrail(io.place('ring.inbound'), journal, written('inbound'), JournalStream.Inbound)
    const outboundRing = strategy.place('ring.outbound')
    this.#outbound = new RecordTrail(outboundRing, journal, written('outbound'), JournalStream.Outbound)
    this.#live = new LivePosition(strategy)
    this.published = new LivePublished(this.#outbound)
    const nowhere = createSilentRing(strategy.find('ring.outbound').bytes - ringSectionBytes(0))
    const writer = new OutboundWriter(nowhere, this.published)
    this.kernel = createStrategyKernel(config, writer, activity, strategies ?? loadStrategies(config))
    if (snapshot !== undefined) restoreKernel(this.kernel, snapshot.payload)
  }

  /** Records that came from the journal, because the rings had gone past them. */
  get journaled(): number {
    return this.#inbound.journaled[0]! + this.#outbound.journaled[0]!
  }

  /** Whether it has nothing to do until the live kernel comes further, as of the last look. */
  get isLevel(): boolean {
    return this.kernel.lastSequence >= this.#done[0]!
  }

  /** Whether it reads from the ring: near enough for its place to be taken over from here. */
  get isNear(): boolean {
    return this.#inbound.isOnRing
  }

  /** Whether the live kernel has ended in order and nothing of it is left to be compared. */
  get isAtEnd(): boolean {
    return this.#live.isEnded && this.kernel.lastSequence >= this.#live.doneSequence
  }

  /**
   * Handles at most `budget` of the records that the live kernel is done with.
   * @returns how many
   * @throws OutboundDiffersError, StandbyBehindError
   */
  step(budget: number): number {
    this.#done[0] = this.#live.doneSequence
    return this.#handle(budget, this.#done[0])
  }

  /**
   * Handles everything up to a record that the dead live kernel had given back, without a pause.
   * @throws OutboundDiffersError, StandbyBehindError
   */
  catchUpTo(sequence: number): void {
    while (this.kernel.lastSequence < sequence) {
      if (this.#handle(Number.MAX_SAFE_INTEGER, sequence) > 0) continue
      throw new StandbyBehindError('inbound', this.kernel.lastSequence + 1)
    }
  }

  #handle(budget: number, lastSequence: number): number {
    const { kernel } = this
    let done = 0
    while (done < budget && kernel.facts[0]! < lastSequence) {
      const at = this.#inbound.seek(kernel.facts[0]! + 1)
      if (at < 0) break
      kernel.onRecord(this.#inbound.views, at)
      this.published.assertNothingMore(kernel.outbound.sequence[0]!, kernel.facts[0]!)
      done++
    }
    return done
  }

  close(): void {
    this.#inbound.close()
    this.#outbound.close()
  }
}

/** An outbound ring on the heap for a kernel that publishes nothing: it only answers that there is room. */
function createSilentRing(capacityBytes: number): RingProducer {
  const buffer = new ArrayBuffer(ringSectionBytes(capacityBytes))
  RingProducer.format(buffer, 0, capacityBytes)
  return new RingProducer(buffer, 0, new GatingSet([]))
}
