import { RecordQueue } from '../../../feeds/venue/record-queue.ts'
import { type BreakCause, ExecutionBreak, Header, RecordType, SideMark } from '../../records/catalogue.ts'
import type { StateArchive } from '../../records/state-archive.ts'
import { beginRecord, RecordViews } from '../../records/views.ts'

const QUEUE_BYTES_START = 1 << 12
/** Some nine thousand breaks that wait for room on the ring; policy beyond: counted, not told. */
const QUEUE_BYTES_MAX = 1 << 20
const NAME_BYTES = ExecutionBreak.Bytes - ExecutionBreak.Name

/** Everything that a break may say; what is left out is not known. */
export interface BreakFacts {
  readonly cause: BreakCause
  readonly strategy?: number
  readonly instrument?: number
  readonly sequence?: number
  readonly orderId?: number
  readonly matchLow?: number
  readonly matchHigh?: number
  readonly ownSide?: SideMark
  readonly copySide?: SideMark
  readonly ownQuantity?: number
  readonly copyQuantity?: number
  readonly ownPrice?: number
  readonly copyPrice?: number
  readonly name?: string
}

/**
 * Breaks on their way to the inbound ring. A successor finds the same ones again: those that its predecessor has published are
 * not told twice. Breaks are rare and halt trading: this may allocate.
 */
export class BreakRecords {
  readonly queue = new RecordQueue(QUEUE_BYTES_START, QUEUE_BYTES_MAX)
  /** Breaks of this run, a predecessor's too. */
  count = 0
  readonly #nowNs: Float64Array
  readonly #scratch = new RecordViews(new ArrayBuffer(ExecutionBreak.Bytes))
  #held: BreakFacts[] | undefined
  readonly #published = new Map<string, number>()

  /** @param nowNs [0]: now */
  constructor(nowNs: Float64Array) {
    this.#nowNs = nowNs
  }

  /** Saves or restores how many there were, and which a predecessor of this kernel has told; nothing may wait in `queue`. */
  archive(archive: StateArchive): void {
    this.count = archive.number(this.count)
    const told = [...this.#published]
    const keys = archive.number(told.length)
    for (let i = 0; i < keys; i++) {
      const key = archive.text(told[i]?.[0] ?? '')
      this.#published.set(key, archive.number(told[i]?.[1] ?? 0))
    }
  }

  /** Until `endRecall` what is told waits for what a predecessor has published. */
  beginRecall(): void {
    this.#held = []
  }

  endRecall(): void {
    const held = this.#held ?? []
    this.#held = undefined
    for (const facts of held) this.tell(facts)
  }

  /** Notes a break that a predecessor has published. */
  recall(views: RecordViews, at: number): void {
    this.count++
    const key = keyOf(views, at)
    this.#published.set(key, (this.#published.get(key) ?? 0) + 1)
  }

  /** Tells a break, unless a predecessor has. */
  tell(facts: BreakFacts): void {
    if (this.#held !== undefined) {
      this.#held.push(facts)
      return
    }
    const views = this.#scratch
    beginRecord(views, 0, ExecutionBreak.Bytes, RecordType.ExecutionBreak, facts.instrument ?? 0)
    views.u16[Header.Source >> 1] = facts.strategy ?? 0
    views.f64[Header.Time >> 3] = this.#nowNs[0]!
    views.f64[ExecutionBreak.OutboundSequence >> 3] = facts.sequence ?? 0
    views.u32[ExecutionBreak.OrderId >> 2] = facts.orderId ?? 0
    views.u32[ExecutionBreak.Cause >> 2] = facts.cause
    views.u32[ExecutionBreak.MatchLow >> 2] = facts.matchLow ?? 0
    views.u32[ExecutionBreak.MatchHigh >> 2] = facts.matchHigh ?? 0
    views.u32[ExecutionBreak.OwnSide >> 2] = facts.ownSide ?? SideMark.None
    views.u32[ExecutionBreak.CopySide >> 2] = facts.copySide ?? SideMark.None
    views.f64[ExecutionBreak.OwnQuantity >> 3] = facts.ownQuantity ?? 0
    views.f64[ExecutionBreak.CopyQuantity >> 3] = facts.copyQuantity ?? 0
    views.f64[ExecutionBreak.OwnPrice >> 3] = facts.ownPrice ?? 0
    views.f64[ExecutionBreak.CopyPrice >> 3] = facts.copyPrice ?? 0
    views.u8.fill(0, ExecutionBreak.Name, ExecutionBreak.Bytes)
    const name = facts.name ?? ''
    for (let i = 0; i < Math.min(name.length, NAME_BYTES); i++) {
      views.u8[ExecutionBreak.Name + i] = name.charCodeAt(i) & 0x7f
    }
    if (this.#forget(keyOf(views, 0))) return
    this.count++
    this.queue.push(views, 0)
  }

  #forget(key: string): boolean {
    const left = this.#published.get(key) ?? 0
    if (left > 0) this.#published.set(key, left - 1)
    return left > 0
  }
}

/** What makes a break the same one: its cause, the execution, the order. */
function keyOf(views: RecordViews, at: number): string {
  const words = [Header.Instrument, ExecutionBreak.Cause, ExecutionBreak.MatchLow, ExecutionBreak.MatchHigh]
  const sequence = views.f64[(at + ExecutionBreak.OutboundSequence) >> 3]
  const name = views.u8.subarray(at + ExecutionBreak.Name, at + ExecutionBreak.Bytes).join('.')
  return [...words.map((word) => views.u32[(at + word) >> 2]), sequence, name].join(':')
}
