import { mkdtempSync, rmSync } from 'node:fs'
import type { Region } from '../../../kernels/region/region.ts'
import { closeRegion, createOwnedRegion, openReadOnlyRegion } from '../../../kernels/region/shared.ts'
import { RingHeader } from '../../../kernels/ring/layout.ts'
import { readPublishedMark } from '../../../kernels/ring/marks.ts'
import { RingProducer } from '../../../kernels/ring/producer.ts'
import { Actor } from './actor.ts'
import type { NodeBinary } from './nodes.ts'
import { Control, DIRECTOR_PLAN, type Part, PRODUCER_PLAN, READER_PLAN, RING_BYTES, regionPath } from './stage.ts'

/** One litmus run: a producer, its consumers and observers, each a process of its own over regions in shared memory. */
export class Theatre {
  readonly folder = mkdtempSync('/dev/shm/test-litmus-')
  readonly #node: NodeBinary
  readonly #consumers: readonly string[]
  readonly #director: Region
  readonly #control: Int32Array
  readonly #membership: Int32Array
  readonly #regions = new Map<string, Region>()
  readonly #actors: Actor[] = []
  readonly #ringWords: Int32Array
  readonly #ringFacts: Float64Array

  /** All regions exist from the start, as if dead owners had left them: so nobody waits for anybody. */
  constructor(node: NodeBinary, consumers: readonly string[], observers: readonly string[]) {
    this.#node = node
    this.#consumers = consumers
    this.#director = createOwnedRegion(regionPath(this.folder, 'director'), DIRECTOR_PLAN, name('director'))
    this.#control = this.#director.viewWords('control')
    this.#membership = this.#director.viewWords('membership')
    const producer = createOwnedRegion(regionPath(this.folder, 'producer'), PRODUCER_PLAN, name('producer'))
    RingProducer.format(producer.buffer, producer.offsetOf('ring'), RING_BYTES)
    closeRegion(producer)
    for (const reader of [...consumers, ...observers]) {
      closeRegion(createOwnedRegion(regionPath(this.folder, reader), READER_PLAN, name(reader)))
    }
    for (const each of ['producer', ...consumers, ...observers]) {
      this.#regions.set(each, openReadOnlyRegion(regionPath(this.folder, each)))
    }
    const ring = this.region('producer').place('ring')
    this.#ringWords = new Int32Array(ring.buffer, ring.byteOffset, RingHeader.Data >> 2)
    this.#ringFacts = new Float64Array(ring.buffer, ring.byteOffset, RingHeader.Data >> 3)
  }

  region(of: string): Region {
    return this.#regions.get(of)!
  }

  progress(of: string): Float64Array {
    return this.region(of).viewDoubles('progress')
  }

  /** Sequence and bytes that are published; complete only while the producer rests. */
  published(): { readonly sequence: number; readonly bytes: number } {
    const { sequence, publishedBytes } = readPublishedMark(this.#ringWords, this.#ringFacts)
    return { sequence, bytes: publishedBytes }
  }

  laps(): number {
    return this.published().bytes / RING_BYTES
  }

  start(role: Part['role'], reader: string, facts: Partial<Part> = {}): Actor {
    const part: Part = {
      role,
      folder: this.folder,
      name: reader,
      consumers: this.#consumers,
      begin: 'resume',
      restEveryRecords: 0,
      restMsMax: 1,
      lagBytesMin: 0,
      seed: 1,
      ...facts,
    }
    const actor = new Actor(this.#node, 'ring-litmus', part)
    this.#actors.push(actor)
    return actor
  }

  /** The least epoch of a consumer that gates. */
  setMembership(consumer: string, least: number): void {
    Atomics.store(this.#membership, this.#consumers.indexOf(consumer), least)
  }

  /** Lets the producer stop, tells the readers what there is, and waits until all have it. @returns the last sequence */
  async finish(producer: Actor, readers: readonly Actor[]): Promise<number> {
    Atomics.store(this.#control, Control.StopProducer, 1)
    await producer.ended
    const { sequence } = this.published()
    this.#director.viewDoubles('total')[0] = sequence
    Atomics.store(this.#control, Control.IsFinal, 1)
    await Promise.all(readers.map((reader) => reader.ended))
    return sequence
  }

  async close(): Promise<void> {
    await Promise.all(this.#actors.map((actor) => actor.kill().catch(() => {})))
    for (const region of this.#regions.values()) closeRegion(region)
    closeRegion(this.#director)
    rmSync(this.folder, { recursive: true, force: true })
  }
}

function name(kernel: string): { kernel: string; instance: string } {
  return { kernel, instance: 'litmus' }
}
