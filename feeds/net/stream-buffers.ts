import { FLOWS_MAX } from './flow-table.ts'
import { StreamBuffer } from './stream-buffer.ts'

/** Streams that can have bytes waiting at a time: 16 MiB at most, made as they are needed. */
export const STREAM_BUFFERS_MAX = 64

const NONE = -1

/**
 * The buffers of the streams that have bytes waiting, by flow.
 * Bound: STREAM_BUFFERS_MAX; policy: the stream that has been silent for longest gives its buffer up.
 */
export class StreamBuffers {
  readonly #buffers: StreamBuffer[] = []
  readonly #ofFlow = new Int8Array(FLOWS_MAX).fill(NONE)
  /** Flow of each buffer, and when its stream last had a segment. */
  readonly #flows = new Int16Array(STREAM_BUFFERS_MAX).fill(NONE)
  readonly #touchedAt = new Float64Array(STREAM_BUFFERS_MAX)
  #segments = 0

  /** The flow's buffer; undefined when nothing of it waits. */
  find(flow: number): StreamBuffer | undefined {
    const index = this.#ofFlow[flow]!
    return index === NONE ? undefined : this.#buffers[index]
  }

  /** Notes that the stream of a flow that has a buffer is alive. */
  touch(flow: number): void {
    this.#touchedAt[this.#ofFlow[flow]!] = ++this.#segments
  }

  /** The flow that must release its buffer before `take`; −1 while there are free ones. */
  findVictim(): number {
    if (this.#flows.includes(NONE)) return NONE
    let oldest = 0
    for (let index = 1; index < STREAM_BUFFERS_MAX; index++) {
      if (this.#touchedAt[index]! < this.#touchedAt[oldest]!) oldest = index
    }
    return this.#flows[oldest]!
  }

  /** An empty buffer for a flow that has none. */
  take(flow: number): StreamBuffer {
    const index = this.#flows.indexOf(NONE)
    if (index === this.#buffers.length) this.#buffers.push(new StreamBuffer())
    this.#flows[index] = flow
    this.#ofFlow[flow] = index
    this.touch(flow)
    return this.#buffers[index]!
  }

  /** Takes the flow's buffer away. */
  release(flow: number): void {
    const index = this.#ofFlow[flow]!
    this.#buffers[index]!.clear()
    this.#flows[index] = NONE
    this.#ofFlow[flow] = NONE
  }

  /** A flow that has bytes waiting behind a hole; −1 for none. */
  findHole(): number {
    for (let index = 0; index < this.#buffers.length; index++) {
      if (this.#flows[index]! !== NONE && this.#buffers[index]!.beyond() >= 0) return this.#flows[index]!
    }
    return NONE
  }
}
