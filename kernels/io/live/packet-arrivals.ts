/** Packets of one batch at most: their records fill it before. Policy: beyond, arrivals are not known. */
const PACKETS_MAX = 8192

/**
 * When the packets arrived whose records lie in a batch, by the kernel's stamp. A source notes them in the order of its
 * records; a reader asks for them in the same order.
 */
export class PacketArrivals {
  /** [0]: arrival of the packet at hand, ns since the session's epoch; 0 where it is not known. */
  readonly current = new Float64Array(1)
  /** [0]: what `readAt` found. */
  readonly found = new Float64Array(1)
  readonly #ends = new Int32Array(PACKETS_MAX)
  readonly #arrivalNs = new Float64Array(PACKETS_MAX)
  #count = 0
  #next = 0

  /** The batch is empty again. */
  reset(): void {
    this.#count = 0
    this.#next = 0
  }

  /** The batch reaches to `end` with records of the packet at hand. */
  extend(end: number): void {
    const last = this.#count - 1
    if (last >= 0 && this.#ends[last] === end) return
    if (last >= 0 && (this.#arrivalNs[last] === this.current[0] || this.#count === PACKETS_MAX)) {
      this.#ends[last] = end
      if (this.#arrivalNs[last] !== this.current[0]) this.#arrivalNs[last] = 0
      return
    }
    this.#ends[this.#count] = end
    this.#arrivalNs[this.#count] = this.current[0]!
    this.#count++
  }

  /** Finds the arrival of the record that lies at `at`, behind those asked for before. */
  readAt(at: number): void {
    while (this.#next < this.#count && this.#ends[this.#next]! <= at) this.#next++
    this.found[0] = this.#next < this.#count ? this.#arrivalNs[this.#next]! : 0
  }
}
