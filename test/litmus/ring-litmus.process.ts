/**
 * One actor of the ring litmus: `ring-litmus.process PART`. Loops without the event loop, as kernels do, and fails with
 * the first record that is not what must come next.
 * @module
 */
import { Header } from '../../kernels/records/catalogue.ts'
import type { Region } from '../../kernels/region/region.ts'
import { createOwnedRegion, openReadOnlyRegion } from '../../kernels/region/shared.ts'
import { RingConsumer } from '../../kernels/ring/consumer.ts'
import { GatingSet, viewCursor } from '../../kernels/ring/gating.ts'
import { RingObserver } from '../../kernels/ring/observer.ts'
import { RingProducer } from '../../kernels/ring/producer.ts'
import { makeRandom } from './support/actor.ts'
import { isOptimised, neverOptimise } from './support/optimised.ts'
import { pause } from './support/pause.ts'
import { endsBatch, isWhole, lengthOf, writeRecord } from './support/records.ts'
import { Control, type Part, PRODUCER_PLAN, Progress, READER_PLAN, regionPath } from './support/stage.ts'

const STEP_RECORDS = 1000

const part: Part = JSON.parse(process.argv[2] ?? '')
const open = (name: string) => openReadOnlyRegion(regionPath(part.folder, name))
const plan = part.role === 'producer' ? PRODUCER_PLAN : READER_PLAN
const own = createOwnedRegion(regionPath(part.folder, part.name), plan, { kernel: part.name, instance: 'litmus' })
const progress = own.viewDoubles('progress')
const director = open('director')
const control = director.viewWords('control')
const total = director.viewDoubles('total')

/** What a step calls is inlined into it. */
function noteOptimised(step: unknown): void {
  if (isOptimised(step)) progress[Progress.IsOptimised] = 1
}

/** Publishes the records that follow what an earlier life published, until it is told to stop. */
class ProducerActor {
  readonly #producer: RingProducer
  #sequence: number

  constructor(region: Region) {
    const membership = director.viewWords('membership')
    const members = part.consumers.map((name, index) => {
      const consumer = open(name)
      return { cursor: viewCursor(consumer.buffer, consumer.offsetOf('cursor')), membership, index }
    })
    this.#producer = new RingProducer(region.buffer, region.offsetOf('ring'), new GatingSet(members))
    this.#sequence = this.#producer.publishedSequence
  }

  step(budget: number): number {
    const producer = this.#producer
    let sequence = this.#sequence
    let done = 0
    for (; done < budget; done++) {
      const at = producer.tryClaim(lengthOf(sequence + 1), 0)
      if (at < 0) break
      writeRecord(producer.views, at, ++sequence)
      if (endsBatch(sequence)) producer.publish()
    }
    this.#sequence = sequence
    if (done < budget) producer.publish()
    return done
  }

  run(): void {
    while (Atomics.load(control, Control.StopProducer) === 0) {
      if (this.step(STEP_RECORDS) === 0) {
        progress[Progress.Waits]!++
        pause()
      }
      progress[Progress.Last] = this.#sequence
      noteOptimised(this.step)
    }
    this.#producer.publish()
  }
}

const random = makeRandom(part.seed)
const sleeper = new Int32Array(new SharedArrayBuffer(4))

/** Slow readers: now and then a rest of some milliseconds. */
function mayRest(seen: number): void {
  if (part.restEveryRecords === 0 || random(part.restEveryRecords) >= seen) return
  Atomics.wait(sleeper, 0, 0, random(part.restMsMax) + 1)
}

/** Reads every record that follows the one it began with: each exactly once, whole, in order. */
class ConsumerActor {
  readonly #consumer: RingConsumer
  #last = 0
  #first = 0

  constructor(region: Region) {
    this.#consumer = new RingConsumer(open('producer').place('ring'), region.place('cursor'))
    if (part.begin === 'join') this.#consumer.join(region.epoch)
    else this.#consumer.resume(region.epoch)
  }

  /** Reads up to `budget` records and gives back all but the last few of them. */
  step(budget: number): number {
    const consumer = this.#consumer
    let last = this.#last
    let done = 0
    for (; done < budget; done++) {
      const at = consumer.next()
      if (at < 0) break
      const sequence = consumer.views.f64[(at + Header.Sequence) >> 3]!
      if (last !== 0 && sequence !== last + 1) this.#fail(`read ${sequence} after ${last}`)
      if (!isWhole(consumer.views, at, sequence)) this.#fail(`record ${sequence} is torn`)
      last = sequence
    }
    this.#last = last
    return done
  }

  #fail(what: string): never {
    throw new Error(`consumer ${part.name} of epoch ${own.epoch}: ${what}`)
  }

  #release(): void {
    progress[Progress.Releasing] = this.#last
    this.#consumer.release()
    progress[Progress.Released] = this.#last
  }

  run(): void {
    progress[Progress.Seen] = 0
    for (;;) {
      const isFinal = Atomics.load(control, Control.IsFinal) !== 0
      const before = this.#last
      const seen = this.step(1 + random(200))
      if (seen === 0) {
        if (isFinal) return
        progress[Progress.Waits]!++
        pause()
        continue
      }
      if (this.#first === 0) this.#first = before === 0 ? this.#last - seen + 1 : before
      progress[Progress.Last] = this.#last
      progress[Progress.First] = this.#first
      progress[Progress.Seen]! += seen
      progress[Progress.Epoch] = own.epoch
      mayRest(seen)
      this.#release()
      noteOptimised(this.step)
    }
  }
}

/** Reads what it can from the ring's first record on, and must know exactly what it missed. */
class ObserverActor {
  readonly #observer = new RingObserver(open('producer').place('ring'))
  /** At the edge, few records at a time: behind each look the producer comes nearer. */
  readonly #budget = part.lagBytesMin > 0 ? 8 : STEP_RECORDS
  #last = 0

  #isTooNear(isFinal: boolean): boolean {
    return part.lagBytesMin > 0 && !isFinal && this.#observer.lagBytes() < part.lagBytesMin
  }

  step(budget: number): number {
    const observer = this.#observer
    let last = this.#last
    let done = 0
    for (; done < budget; done++) {
      if (observer.next() < 0) break
      const sequence = observer.views.f64[Header.Sequence >> 3]!
      if (sequence <= last) throw new Error(`observer: read ${sequence} after ${last}`)
      if (!isWhole(observer.views, 0, sequence)) throw new Error(`observer: record ${sequence} is torn`)
      last = sequence
    }
    this.#last = last
    return done
  }

  run(): void {
    this.#observer.rewind()
    for (;;) {
      const isFinal = Atomics.load(control, Control.IsFinal) !== 0
      const seen = this.#isTooNear(isFinal) ? 0 : this.step(this.#budget)
      progress[Progress.Seen]! += seen
      progress[Progress.Last] = this.#last
      progress[Progress.Lost] = this.#observer.lost[0]!
      const known = progress[Progress.Seen]! + progress[Progress.Lost]!
      if (this.#last !== 0 && seen > 0 && known < this.#last) throw new Error(`observer: ${known} of ${this.#last}`)
      if (isFinal && known >= total[0]!) return
      if (seen === 0) pause()
      mayRest(seen)
      noteOptimised(this.step)
    }
  }
}

function makeActor(): ProducerActor | ConsumerActor | ObserverActor {
  if (part.role === 'producer') return new ProducerActor(own)
  return part.role === 'consumer' ? new ConsumerActor(own) : new ObserverActor()
}

const actor = makeActor()
// A loop that is compiled with its step in it would leave the step's own code uncompiled, and unasked.
neverOptimise(actor.run)
actor.run()
