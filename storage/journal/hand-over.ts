import type { JournalIdentity } from './segment-header.ts'
import type { JournalTail } from './tail.ts'

/** What a writer knows besides its tail. */
export interface WriterFacts {
  readonly identity: JournalIdentity
  readonly segmentBytes: number
  readonly writerEpoch: number
  readonly isClosed: boolean
}

/** A writer's state as plain data, so that another thread of the process can go on with it. */
export interface JournalHandOver extends WriterFacts {
  readonly segmentNumber: number
  readonly offsetBytes: number
  readonly batches: number
  readonly chain: number
  readonly seal: string
  readonly lastSequence: readonly number[]
  readonly records: readonly number[]
}

/** A writer's state at a tail. */
export function describeState(tail: JournalTail, facts: WriterFacts): JournalHandOver {
  return {
    ...facts,
    segmentNumber: tail.segmentNumber,
    offsetBytes: tail.offsetBytes,
    batches: tail.batches,
    chain: tail.chain,
    seal: tail.seal,
    lastSequence: [...tail.lastSequence],
    records: [...tail.records],
  }
}
