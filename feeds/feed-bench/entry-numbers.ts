import { MessageAt, PacketAt } from '../mdp3/layout.ts'
import { Template } from '../mdp3/templates.ts'
import type { DatagramLoad } from './feed-load.ts'

/** Bytes of a group's header in MDP 3.0: length of its entries u16, number of entries u8. */
const GROUP_HEADER_BYTES = 3
const GROUP_COUNT = 2
/** RptSeq lies right behind SecurityID. */
const SECURITY_ID_BYTES = 4

/** Where SecurityID lies in the entries of a template's first group (CME's SBE schema). */
const SECURITY_ID_AT = new Map<number, number>([
  [Template.Book7, 12],
  [Template.Book, 12],
  [Template.DailyStatistics7, 12],
  [Template.DailyStatistics, 12],
  [Template.Limits7, 24],
  [Template.Limits, 24],
  [Template.SessionStatistics7, 8],
  [Template.SessionStatistics, 8],
  [Template.TradeSummary7, 12],
  [Template.TradeSummary, 12],
  [Template.Volume, 4],
])

/** Lets the numbers that MDP 3.0 gives the entries of each instrument (RptSeq) go on from one pass to the next. */
export class EntryNumbers {
  readonly #view: DataView
  /** Where each number lies, and of which instrument it is. */
  readonly #places: number[] = []
  readonly #securities: number[] = []
  /** Numbers from an instrument's first to its last. */
  readonly #spans = new Map<number, number>()

  constructor({ bytes, starts }: DatagramLoad) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    for (let index = 0; index + 1 < starts.length; index++) this.#addPacket(starts[index]!, starts[index + 1]!)
    const firsts = new Map<number, number>()
    this.#places.forEach((place, index) => {
      const security = this.#securities[index]!
      const number = this.#view.getUint32(place, true)
      const first = Math.min(firsts.get(security) ?? number, number)
      firsts.set(security, first)
      this.#spans.set(security, Math.max(this.#spans.get(security) ?? 0, number - first + 1))
    })
  }

  /** Moves all numbers on by one pass. */
  advance(): void {
    this.#places.forEach((place, index) => {
      const span = this.#spans.get(this.#securities[index]!)!
      this.#view.setUint32(place, this.#view.getUint32(place, true) + span, true)
    })
  }

  #addPacket(start: number, end: number): void {
    const view = this.#view
    let at = start + PacketAt.Bytes
    while (at + MessageAt.Bytes <= end) {
      const size = view.getUint16(at + MessageAt.Size, true)
      if (size < MessageAt.Bytes || at + size > end) return
      this.#addMessage(at, at + size)
      at += size
    }
  }

  #addMessage(at: number, end: number): void {
    const view = this.#view
    const securityAt = SECURITY_ID_AT.get(view.getUint16(at + MessageAt.TemplateId, true))
    const group = at + MessageAt.Bytes + view.getUint16(at + MessageAt.BlockLength, true)
    if (securityAt === undefined || group + GROUP_HEADER_BYTES > end) return
    const entryBytes = view.getUint16(group, true)
    const count = view.getUint8(group + GROUP_COUNT)
    for (let index = 0; index < count; index++) {
      const place = group + GROUP_HEADER_BYTES + index * entryBytes + securityAt
      if (place + 2 * SECURITY_ID_BYTES > end) return
      this.#places.push(place + SECURITY_ID_BYTES)
      this.#securities.push(view.getInt32(place, true))
    }
  }
}
