import { IoCounterSlot } from '../../loop/regions.ts'
import { StoragePosition } from '../../loop/storage-positions.ts'
import { Clock, Header, JournalPositions, RecordType, Resumed, SessionKernel } from '../../records/catalogue.ts'
import { beginRecord, type RecordViews } from '../../records/views.ts'
import { RegionState } from '../../region/layout.ts'
import type { Region } from '../../region/region.ts'

/** The kernels whose lives are told, and where it is kept which life was told last. */
const KERNELS = [
  [SessionKernel.Io, IoCounterSlot.ioEpochTold],
  [SessionKernel.Strategy, IoCounterSlot.strategyEpochTold],
  [SessionKernel.Storage, IoCounterSlot.storageEpochTold],
] as const

/** Values of `#kernel` for what is about none. */
const CLOCK = -1
const JOURNAL = -2

/** A kernel, as its region shows it. */
export interface KernelLife {
  readonly region: Pick<Region, 'epoch' | 'state'>
  /** Inbound record behind which its recovery began. */
  readonly recoveredFrom: () => number
}

export interface HostRecordsParts {
  /** Ns between two ticks; 0 for none. */
  readonly clockIntervalNs: number
  /** In the order of `SessionKernel`. */
  readonly kernels: readonly KernelLife[]
  /** The storage kernel's, by `StoragePosition`. */
  readonly positions: Float64Array
  /** The I/O kernel's: what was told outlives it there. */
  readonly counters: Float64Array
}

/**
 * What a live I/O kernel says of its host: the ticks of its clock, beside them how far the journal is, and each kernel that has
 * come back after a death, the kernel itself too. A kernel has come back once its region is running in a later epoch than the one
 * told of last.
 */
export class HostRecords {
  readonly #parts: HostRecordsParts
  readonly #clockDueNs = new Float64Array([Number.NEGATIVE_INFINITY])
  /** Index of the kernel that the next record is about; −1 for the clock, −2 for the journal. */
  #kernel = CLOCK
  /** Whether the positions are due beside the tick that was told last. */
  #isJournalDue = false

  constructor(parts: HostRecordsParts) {
    const { counters, kernels } = parts
    this.#parts = parts
    // The lives with which a session begins are not told.
    for (const [index, [, slot]] of KERNELS.entries()) counters[slot] ||= kernels[index]!.region.epoch
  }

  /** @param nowNs [0]: now @returns bytes of the record that is due, 0 for none */
  due(nowNs: Float64Array): number {
    const { clockIntervalNs, kernels, positions, counters } = this.#parts
    this.#kernel = CLOCK
    if (clockIntervalNs !== 0 && nowNs[0]! >= this.#clockDueNs[0]!) return Clock.Bytes
    if (this.#isJournalDue && positions[StoragePosition.CapturedInbound]! > 0) {
      this.#kernel = JOURNAL
      return JournalPositions.Bytes
    }
    for (let index = 0; index < KERNELS.length; index++) {
      const { region } = kernels[index]!
      if (region.epoch <= counters[KERNELS[index]![1]]! || region.state !== RegionState.Running) continue
      this.#kernel = index
      return Resumed.Bytes
    }
    return 0
  }

  /** Writes the record that is due; its sequence and time are the caller's to set. */
  write(views: RecordViews, at: number, nowNs: Float64Array): void {
    const { clockIntervalNs, kernels, counters } = this.#parts
    if (this.#kernel === JOURNAL) {
      this.#writePositions(views, at)
      return
    }
    if (this.#kernel === CLOCK) {
      const tick = Math.floor(nowNs[0]! / clockIntervalNs)
      beginRecord(views, at, Clock.Bytes, RecordType.Clock, 0)
      views.f64[(at + Clock.Tick) >> 3] = tick
      this.#clockDueNs[0] = (tick + 1) * clockIntervalNs
      this.#isJournalDue = true
      return
    }
    const [kernel, slot] = KERNELS[this.#kernel]!
    const { region, recoveredFrom } = kernels[this.#kernel]!
    counters[slot] = region.epoch
    beginRecord(views, at, Resumed.Bytes, RecordType.Resumed, 0)
    views.u32[(at + Resumed.Kernel) >> 2] = kernel
    views.u32[(at + Resumed.Epoch) >> 2] = counters[slot]!
    views.f64[(at + Resumed.AtSequence) >> 3] = recoveredFrom()
  }

  #writePositions(views: RecordViews, at: number): void {
    const { positions } = this.#parts
    beginRecord(views, at, JournalPositions.Bytes, RecordType.JournalPositions, 0)
    views.f64[(at + JournalPositions.Captured) >> 3] = positions[StoragePosition.CapturedInbound]!
    views.f64[(at + JournalPositions.Written) >> 3] = positions[StoragePosition.WrittenInbound]!
    views.f64[(at + JournalPositions.Durable) >> 3] = positions[StoragePosition.DurableInbound]!
    this.#isJournalDue = false
  }

  /** Takes in what a predecessor published. */
  recall(views: RecordViews, at: number): void {
    if (views.u16[(at + Header.Type) >> 1] !== RecordType.Resumed) return
    const slot = KERNELS[views.u32[(at + Resumed.Kernel) >> 2]! - 1]![1]
    const { counters } = this.#parts
    counters[slot] = Math.max(counters[slot]!, views.u32[(at + Resumed.Epoch) >> 2]!)
  }
}
