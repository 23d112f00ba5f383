import { yieldCore } from '../host/cores.ts'
import type { Region } from '../region/region.ts'
import { RingConsumer } from '../ring/consumer.ts'
import { GatingSet, viewCursor } from '../ring/gating.ts'
import { RingProducer } from '../ring/producer.ts'
import { RING_BYTES } from './plan.ts'

/** Every so many pauses, less than a second, the parent is looked for. */
const PAUSES_MASK = (1 << 20) - 1

/** One of the two processes of the benchmark: its ring, and its place on the other's. */
export class BenchSide {
  readonly producer: RingProducer
  readonly consumer: RingConsumer
  readonly ownControl: Int32Array
  readonly otherControl: Int32Array
  readonly #isShared: boolean
  readonly #parentPid = process.ppid
  #pauses = 0

  constructor(own: Region, other: Region, isShared: boolean) {
    const membership = own.viewWords('gating')
    membership[0] = 1
    const cursor = viewCursor(other.buffer, other.offsetOf('cursor'))
    const gating = new GatingSet([{ cursor, membership, index: 0 }])
    this.producer = new RingProducer(own.buffer, own.offsetOf('ring'), gating)
    this.consumer = new RingConsumer(other.place('ring'), own.place('cursor'))
    this.consumer.resume(own.epoch)
    this.ownControl = own.viewWords('control')
    this.otherControl = other.viewWords('control')
    this.#isShared = isShared
  }

  /** Passes the time until the other side has done something. */
  pause(): void {
    if (this.#isShared) yieldCore()
    this.#pauses = (this.#pauses + 1) & PAUSES_MASK
    if (this.#pauses === 0) this.#dieWithParent()
  }

  #dieWithParent(): void {
    if (process.ppid !== this.#parentPid) throw new Error('ring bench: the process that started it is gone')
  }

  /** Waits until a control word of the other side has a value. */
  await(word: number, value: number): void {
    while (Atomics.load(this.otherControl, word) !== value) this.pause()
  }
}

/** Writes the ring's header before the other side maps the region. */
export function formatBenchRing(own: Region): void {
  RingProducer.format(own.buffer, own.offsetOf('ring'), RING_BYTES)
}
