import { ExitCode, XkError } from '../../host/xk-error.ts'
import { Header, NewOrder } from '../../records/catalogue.ts'
import { copyRecord } from '../../records/copy.ts'
import { describeDifference, findDifference } from '../../records/difference.ts'
import type { RingConsumer } from '../../ring/consumer.ts'
import type { RingProducer } from '../../ring/producer.ts'
import type { RecordedInbound } from './recorded-inbound.ts'
import { type RecordedOutbound, RecordedOutboundState } from './recorded-outbound.ts'

/** What the recorded strategy works on. */
export interface RecordedStrategyParts {
  /** Private rings: what the I/O kernel decides again, and what it is answered. */
  readonly inbound: RingConsumer
  readonly outbound: RingProducer
  readonly recordedInbound: RecordedInbound
  readonly recordedOutbound: RecordedOutbound
}

/**
 * In the strategy kernel's place while an I/O kernel decides again what its predecessor had published: compares each
 * inbound record with the recorded one and answers with the outbound records that were recorded for it.
 */
export class RecordedStrategy {
  readonly #parts: RecordedStrategyParts
  #pendingAt = -1
  #pendingPosition = 0
  #isCompared = false

  constructor(parts: RecordedStrategyParts) {
    this.#parts = parts
    this.#pendingPosition = parts.inbound.position()
  }

  /**
   * Answers as many records as it can.
   * @returns how many it is done with; 0 when it has none, or the journal does not show what it needs yet
   * @throws XkError when a record is not the one that was published
   */
  step(): number {
    const { inbound, outbound } = this.#parts
    let done = 0
    for (;;) {
      if (this.#pendingAt < 0 && !this.#take()) break
      if (!this.#compare() || !this.#answer()) break
      this.#pendingAt = -1
      done++
    }
    outbound.publish()
    if (this.#pendingAt < 0) inbound.release()
    else inbound.releaseTo(this.#pendingPosition)
    return done
  }

  #take(): boolean {
    this.#pendingPosition = this.#parts.inbound.position()
    this.#pendingAt = this.#parts.inbound.next()
    this.#isCompared = false
    return this.#pendingAt >= 0
  }

  #compare(): boolean {
    if (this.#isCompared) return true
    const { inbound, recordedInbound } = this.#parts
    const { views } = inbound
    const at = this.#pendingAt
    const sequence = views.f64[(at + Header.Sequence) >> 3]!
    const recordedAt = recordedInbound.seek(sequence)
    if (recordedAt < 0) return false
    const offset = findDifference(views, at, recordedInbound.views, recordedAt)
    if (offset >= 0) {
      failDiffering(sequence, describeDifference(recordedInbound.views, recordedAt, views, at, offset))
    }
    this.#isCompared = true
    return true
  }

  /** @returns whether all outbound records are given that were caused up to this one */
  #answer(): boolean {
    const { inbound, outbound, recordedOutbound } = this.#parts
    const sequence = inbound.views.f64[(this.#pendingAt + Header.Sequence) >> 3]!
    for (let at = recordedOutbound.peek(); at >= 0; at = recordedOutbound.peek()) {
      const { views } = recordedOutbound
      if (views.f64[(at + NewOrder.CauseSequence) >> 3]! > sequence) return true
      const length = views.u32[(at + Header.Length) >> 2]!
      const to = outbound.tryClaim(length, 0)
      if (to < 0) return false
      copyRecord(views, at, outbound.views, to, length)
      recordedOutbound.pass()
    }
    return recordedOutbound.peek() === RecordedOutboundState.Passed
  }
}

function failDiffering(sequence: number, difference: string): never {
  throw new XkError({
    code: 'inbound-differs',
    what: `the re-run does not give the inbound records that were published: ${difference}`,
    where: `inbound sequence ${sequence}`,
    next: 'check that the capture files are those that the run began with, then verify the journal',
    exitCode: ExitCode.Journal,
  })
}
