import type { LostSequences } from './facts.ts'
import { JournalStream } from './layout.ts'

interface OpenLoss {
  readonly stream: JournalStream.Inbound | JournalStream.Outbound
  readonly after: number
  readonly list: LostSequences[]
}

const STREAM_NAMES = {
  [JournalStream.Inbound]: 'inbound',
  [JournalStream.Outbound]: 'outbound',
} as const

/** Works out which sequences lie in damage: from the last one before it to the first one seen behind it, for each stream. */
export class LossTracker {
  #open: OpenLoss[] = []

  /** Begins a loss in both streams. @returns the list that `see` and `close` complete */
  open(lastSequence: Float64Array): LostSequences[] {
    const list: LostSequences[] = []
    for (const stream of [JournalStream.Inbound, JournalStream.Outbound] as const) {
      this.#open.push({ stream, after: lastSequence[stream]!, list })
    }
    return list
  }

  /** A sound batch of a stream follows, whose first sequence is `first`. */
  see(stream: number, first: number): void {
    if (this.#open.length === 0) return
    for (const loss of this.#open) {
      if (loss.stream === stream && first > loss.after + 1) this.#add(loss, first)
    }
    this.#open = this.#open.filter((loss) => loss.stream !== stream)
  }

  /** Nothing follows. */
  close(): void {
    for (const loss of this.#open) this.#add(loss, null)
    this.#open = []
  }

  #add(loss: OpenLoss, before: number | null): void {
    loss.list.push({ stream: STREAM_NAMES[loss.stream], after: loss.after, before })
  }
}

/** The sequences of both streams behind `before` and up to `last`, for what can be read but not trusted. */
export function describeLost(before: ArrayLike<number>, last: ArrayLike<number>): LostSequences[] {
  const list: LostSequences[] = []
  for (const stream of [JournalStream.Inbound, JournalStream.Outbound] as const) {
    if (last[stream]! <= before[stream]!) continue
    list.push({ stream: STREAM_NAMES[stream], after: before[stream]!, before: last[stream]! + 1 })
  }
  return list
}
