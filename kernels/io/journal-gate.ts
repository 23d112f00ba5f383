import { StoragePosition, StorageState } from '../loop/storage-positions.ts'
import { Header, NewOrder, RecordType } from '../records/catalogue.ts'
import type { RecordViews } from '../records/views.ts'
import type { RingConsumer } from '../ring/consumer.ts'

/**
 * The outbound ring as far as the journal lets it go: no order leaves once the journal has failed, and under `sync` durability
 * none before it and the inbound record that caused it are durable. An order that waits holds back what is behind it. It reads
 * what the storage kernel publishes.
 */
export class JournalGate {
  /** Whether the next record is there and may not leave yet. */
  isHeld = false
  readonly views: RecordViews
  readonly ring: RingConsumer
  readonly #positions: Float64Array
  readonly #demandsDurable: boolean
  /** A record read off the ring that may not leave yet, -1 for none, and the ring position before it. */
  #waitingAt = -1
  #waitingFrom = 0

  /** @param positions the storage kernel's `positions` section */
  constructor(ring: RingConsumer, positions: Float64Array, demandsDurable: boolean) {
    this.views = ring.views
    this.ring = ring
    this.#positions = positions
    this.#demandsDurable = demandsDurable
  }

  /** @returns the offset in `views` of the next record that may leave, or -1 */
  next(): number {
    if (this.#waitingAt < 0) {
      this.#waitingFrom = this.ring.position()
      this.#waitingAt = this.ring.next()
    }
    const at = this.#waitingAt
    this.isHeld = at >= 0 && !this.#mayLeave(at)
    if (this.isHeld) return -1
    this.#waitingAt = -1
    return at
  }

  /** Gives back to the ring what has left. */
  release(): void {
    if (this.#waitingAt < 0) this.ring.release()
    else this.ring.releaseTo(this.#waitingFrom)
  }

  #mayLeave(at: number): boolean {
    const positions = this.#positions
    const { u16, f64 } = this.views
    const type = u16[(at + Header.Type) >> 1]!
    if (type < RecordType.NewOrder || type > RecordType.MassCancel) return true
    if (positions[StoragePosition.State] === StorageState.Failed) return false
    if (!this.#demandsDurable) return true
    const isOwnDurable = f64[(at + Header.Sequence) >> 3]! <= positions[StoragePosition.DurableOutbound]!
    return isOwnDurable && f64[(at + NewOrder.CauseSequence) >> 3]! <= positions[StoragePosition.DurableInbound]!
  }
}
