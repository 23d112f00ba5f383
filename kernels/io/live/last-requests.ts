import type { RingProducer } from '../../ring/producer.ts'

const NOT_YET = -1

/**
 * Whether a session that ends has judged what strategies ask for upon its last answers: a quote that is cancelled is often
 * quoted again at once, and such a request is to be told as rejected rather than left without a verdict. What strategies then
 * ask for upon these verdicts is not waited for, or two that never tire would go on for ever.
 */
export class LastRequests {
  readonly #inbound: RingProducer
  /** Bytes published when the last answer was out. */
  #answeredBytes = NOT_YET
  #stepsSince = 0

  constructor(inbound: RingProducer) {
    this.#inbound = inbound
  }

  /**
   * Called once a step, when no answer is to come any more and the step has looked for requests.
   * @returns whether all readers have passed the last answer, and the kernel has looked for requests since
   */
  areJudged(): boolean {
    const inbound = this.#inbound
    if (inbound.headPosition() !== inbound.tailPosition()) return false
    if (this.#answeredBytes === NOT_YET) this.#answeredBytes = inbound.publishedBytes
    const readBytes = inbound.publishedBytes - inbound.heldBytes()
    if (readBytes < this.#answeredBytes) return false
    // A reader gives its room back behind what it publishes: the next look at the requests finds all of it.
    return this.#stepsSince++ > 0
  }
}
