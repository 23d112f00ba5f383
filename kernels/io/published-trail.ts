import { Header, RecordType } from '../records/catalogue.ts'
import type { GatingMember } from '../ring/gating.ts'
import { CursorLayout } from '../ring/layout.ts'
import type { RingProducer } from '../ring/producer.ts'

/**
 * The I/O kernel following its own inbound records, some way behind: how the gate gets to see them in their order.
 * What it has not passed may not be overwritten, so it gates the ring like any consumer.
 */
export class PublishedTrail {
  /** Its cursor: a member of the ring's gating set. */
  readonly member: GatingMember
  position = 0
  readonly #cursor: Int32Array
  #inbound: RingProducer | undefined
  #capacityWords = 0

  constructor() {
    this.#cursor = new Int32Array(CursorLayout.Bytes >> 2)
    this.#cursor[CursorLayout.Epoch >> 2] = 1
    this.member = { cursor: this.#cursor, membership: new Int32Array([1]), index: 0 }
  }

  /** Begins at the ring's published tail; the ring's gating set holds `member`. */
  follow(inbound: RingProducer): void {
    this.#inbound = inbound
    this.#capacityWords = inbound.capacityBytes >> 3
    this.position = inbound.tailPosition()
    this.#cursor[CursorLayout.Cursor >> 2] = this.position
  }

  hasNext(): boolean {
    return this.position !== this.#inbound!.tailPosition()
  }

  /** Byte offset of the next record. */
  peek(): number {
    return this.offsetOf(this.position)
  }

  /** Moves over the next record. */
  pass(): void {
    const views = this.#inbound!.views
    const index = this.position & (this.#capacityWords - 1)
    const at = this.peek()
    const skipped = at === index << 3 ? 0 : this.#capacityWords - index
    this.position = (this.position + skipped + (views.u32[at >> 2]! >> 3)) | 0
    this.#cursor[CursorLayout.Cursor >> 2] = this.position
  }

  /** Byte offset of the record at a position of the ring, past any padding. */
  offsetOf(position: number): number {
    const index = position & (this.#capacityWords - 1)
    const at = index << 3
    return this.#inbound!.views.u16[(at + Header.Type) >> 1]! === RecordType.Padding ? 0 : at
  }
}
