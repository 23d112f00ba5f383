import type { InstrumentTable } from '../protocol/instrument-table.ts'

/** What is known of an instrument's book by price. */
export enum BookState {
  /** Nothing was seen of it. */
  Unseen = 0,
  /** Complete: from its first entry on, by a snapshot, or by a natural refresh. */
  Whole = 1,
  /** Changes were seen, and no snapshot before. */
  NoSnapshot = 2,
  /** Entries are missing. */
  Gap = 3,
}

/**
 * What is known of an instrument's orders. From `Loading` on the readers follow the orders, and are not given the levels;
 * before, they follow the levels.
 */
export enum OrderState {
  /** Orders may rest that were never seen. */
  Unknown = 0,
  /** There are none: the first level tells by its orders whether the channel carries them. */
  Empty = 1,
  /** A snapshot of them is being handed out. */
  Loading = 2,
  Whole = 3,
}

/** Depth of books of which no definition is known: the deepest that CME publishes. */
export const BOOK_DEPTH_MAX = 10
export const IMPLIED_DEPTH_MAX = 2

/** Words of a security group, and of an asset: six bytes of text. */
export const NAME_WORDS = 2

/**
 * Instruments by CME's SecurityID, and what the decoder has to remember of each. The arrays are by instrument id.
 * Bound: that of the source's table; policy: `assign` refuses, and the decoder counts the message as rejected.
 */
export class SecurityTable {
  /** Instrument ids in the order of first sight; the first `count` are in use. */
  readonly list: Int32Array
  count = 0
  /** RptSeq of the next entry; 0 while none was seen. */
  readonly expected: Float64Array
  readonly bookState: Uint8Array
  readonly orderState: Uint8Array
  /** Session of the packets that the instrument's changes come in. */
  readonly channel: Int16Array
  readonly depth: Uint8Array
  readonly impliedDepth: Uint8Array
  /** 1 where the depth is not a guess: a definition told it, or the deepest level was seen. */
  readonly isDepthKnown: Uint8Array
  /** Number of the packet of the latest change of its orders, and that which the snapshot of them includes. */
  readonly orderPacket: Float64Array
  readonly orderSnapshotPacket: Float64Array
  /** SecurityGroup and Asset, as they were on the wire; zero while no definition is known. */
  readonly group: Int32Array
  readonly asset: Int32Array
  /** LastUpdateTime of the definition that was handed out; zero before. */
  readonly definedHigh: Int32Array
  readonly definedLow: Int32Array
  readonly messages: Float64Array
  readonly #table: InstrumentTable
  readonly #mask: number
  readonly #keys: Int32Array
  readonly #ids: Int32Array

  constructor(table: InstrumentTable) {
    const size = table.instrumentsMax + 1
    let slots = 1024
    while (slots < size * 2) slots *= 2
    this.#table = table
    this.#mask = slots - 1
    this.#keys = new Int32Array(slots)
    this.#ids = new Int32Array(slots)
    this.list = new Int32Array(size)
    this.expected = new Float64Array(size)
    this.bookState = new Uint8Array(size)
    this.orderState = new Uint8Array(size)
    this.channel = new Int16Array(size).fill(-1)
    this.depth = new Uint8Array(size).fill(BOOK_DEPTH_MAX)
    this.impliedDepth = new Uint8Array(size).fill(IMPLIED_DEPTH_MAX)
    this.isDepthKnown = new Uint8Array(size)
    this.orderPacket = new Float64Array(size)
    this.orderSnapshotPacket = new Float64Array(size)
    this.group = new Int32Array(size * NAME_WORDS)
    this.asset = new Int32Array(size * NAME_WORDS)
    this.definedHigh = new Int32Array(size)
    this.definedLow = new Int32Array(size)
    this.messages = table.messages
  }

  /** The instrument id of a SecurityID; 0 while it has none. */
  find(securityId: number): number {
    return this.#ids[this.#slotOf(securityId)]!
  }

  /** Gives a SecurityID that has none an instrument id. @returns it, or 0 when all are taken */
  assign(securityId: number): number {
    const id = this.#table.assign()
    if (id === 0) return 0
    const slot = this.#slotOf(securityId)
    this.#keys[slot] = securityId
    this.#ids[slot] = id
    this.list[this.count++] = id
    return id
  }

  /** Whether the readers are given the instrument's orders, and not its levels. */
  isByOrder(instrument: number): boolean {
    return this.orderState[instrument]! >= OrderState.Loading
  }

  /** The slot of a key, or the empty one where it would go; there are twice as many slots as ids. */
  #slotOf(securityId: number): number {
    let slot = (Math.imul(securityId, 0x9e3779b1) >>> 8) & this.#mask
    while (this.#ids[slot] !== 0 && this.#keys[slot] !== securityId) slot = (slot + 1) & this.#mask
    return slot
  }
}
