import { StoragePosition, StorageState } from '../loop/storage-positions.ts'
import { Header, NewOrder, RecordType } from '../records/catalogue.ts'
import type { RecordViews } from '../records/views.ts'

/**
 * Whether an order may leave, as far as the journal goes: none does once the journal has failed, and under `sync` durability
 * none does before it and the inbound record that caused it are durable. It reads what the storage kernel publishes.
 */
export class JournalGate {
  /** [0]: looks that found a request not durable yet. */
  readonly waits = new Float64Array(1)
  readonly #positions: Float64Array
  readonly #demandsDurable: boolean

  /** @param positions the storage kernel's `positions` section */
  constructor(positions: Float64Array, demandsDurable: boolean) {
    this.#positions = positions
    this.#demandsDurable = demandsDurable
  }

  /** @returns whether the outbound record at `at` may be taken off the ring now */
  mayLeave(views: RecordViews, at: number): boolean {
    const positions = this.#positions
    const type = views.u16[(at + Header.Type) >> 1]!
    if (type < RecordType.NewOrder || type > RecordType.MassCancel) return true
    if (positions[StoragePosition.State] === StorageState.Failed) return false
    if (!this.#demandsDurable) return true
    const isOwnDurable = views.f64[(at + Header.Sequence) >> 3]! <= positions[StoragePosition.DurableOutbound]!
    const isCauseDurable = views.f64[(at + NewOrder.CauseSequence) >> 3]! <= positions[StoragePosition.DurableInbound]!
    if (isOwnDurable && isCauseDurable) return true
    this.waits[0]!++
    return false
  }
}
