/**
 * The ring against a plain model: random records, batches, partial releases, deaths and successors of the producer and
 * of three consumers, membership changes, an observer. What must hold after every step:
 *
 * - a consumer reads exactly the sequences that follow its last one, each word as written;
 * - a successor that resumes reads from the first record that was not given back; one that joins, from the tail;
 * - a claim is refused only when the slowest member really holds that much;
 * - the observer's seen and lost add up to what was published.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { RingConsumer } from '../../kernels/ring/consumer.ts'
import type { RingObserver } from '../../kernels/ring/observer.ts'
import { checkRecord, HeapRing } from './support/heap-ring.ts'

const CAPACITY_BYTES = 4096
const SEATS = 3
const PADDING_BYTES_MAX = 512

interface Reader {
  consumer: RingConsumer
  /** Sequences by the model: the next one to read, and the first one not given back. */
  nextSequence: number
  heldSequence: number
  /** Positions behind each record read and not given back. */
  readonly read: { position: number; sequence: number }[]
}

class Model {
  readonly ring = new HeapRing(CAPACITY_BYTES, SEATS)
  readonly readers: (Reader | undefined)[] = Array.from({ length: SEATS }, () => undefined)
  readonly observer: RingObserver = this.ring.observe()
  published = 0
  seen = 0
  /** Bytes of each published record, with the padding before it, by sequence. */
  readonly lengths: number[] = [0]

  constructor() {
    for (let seat = 0; seat < SEATS; seat++) {
      this.ring.seats[seat]!.membership = 1
      this.start(seat, true)
    }
  }

  start(seat: number, isResume: boolean): void {
    const place = this.ring.seats[seat]!
    const old = this.readers[seat]
    if (!isResume) place.membership = place.epoch + 1
    const consumer = isResume ? place.resume() : place.join()
    const first = isResume ? (old?.heldSequence ?? 1) : this.published + 1
    this.readers[seat] = { consumer, nextSequence: first, heldSequence: first, read: [] }
  }

  heldBytes(): number {
    const oldest = Math.min(...this.readers.map((reader) => reader!.heldSequence))
    return this.lengths.slice(oldest).reduce((sum, bytes) => sum + bytes, 0)
  }

  write(bytes: number, reserveBytes: number): void {
    const { ring } = this
    const before = ring.producer.headPosition()
    const at = ring.write(bytes, reserveBytes)
    if (at < 0) {
      expect(this.heldBytes() + bytes + reserveBytes + PADDING_BYTES_MAX).toBeGreaterThan(CAPACITY_BYTES)
      return
    }
    this.lengths.push(((ring.producer.headPosition() - before) | 0) * 8)
    expect(this.heldBytes() + reserveBytes).toBeLessThanOrEqual(CAPACITY_BYTES)
  }

  publish(): void {
    this.ring.producer.publish()
    this.published = this.ring.sequence
  }

  restartProducer(): void {
    this.ring.attachProducer()
    this.ring.sequence = this.published
    this.lengths.length = this.published + 1
    expect(this.ring.producer.publishedSequence).toBe(this.published)
  }

  read(seat: number, count: number): void {
    const reader = this.readers[seat]!
    for (let i = 0; i < count; i++) {
      const at = reader.consumer.next()
      if (at < 0) {
        expect(reader.nextSequence).toBe(this.published + 1)
        return
      }
      expect(checkRecord(reader.consumer.views, at)).toBe(reader.nextSequence)
      reader.read.push({ position: reader.consumer.position(), sequence: reader.nextSequence++ })
    }
  }

  release(seat: number, count: number): void {
    const reader = this.readers[seat]!
    const given = reader.read.splice(0, count).at(-1)
    if (given === undefined) return
    reader.consumer.releaseTo(given.position)
    reader.heldSequence = given.sequence + 1
  }

  observe(count: number): void {
    for (let i = 0; i < count; i++) {
      if (this.observer.next() < 0) break
      checkRecord(this.observer.views, 0)
      this.seen++
    }
    expect(this.seen + this.observer.lost[0]!).toBeLessThanOrEqual(this.published)
  }
}

const seat = fc.nat(SEATS - 1)
const count = fc.nat(40)
const actions = fc.oneof(
  { weight: 12, arbitrary: fc.tuple(fc.constant('write'), fc.integer({ min: 4, max: 64 }), fc.nat(64)) },
  { weight: 6, arbitrary: fc.tuple(fc.constant('publish'), fc.nat(0), fc.nat(0)) },
  { weight: 8, arbitrary: fc.tuple(fc.constant('read'), seat, count) },
  { weight: 8, arbitrary: fc.tuple(fc.constant('release'), seat, count) },
  { weight: 3, arbitrary: fc.tuple(fc.constant('drain'), fc.nat(0), fc.nat(0)) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('resume'), seat, fc.nat(0)) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('join'), seat, fc.nat(0)) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('producer'), fc.nat(0), fc.nat(0)) },
  { weight: 4, arbitrary: fc.tuple(fc.constant('observe'), fc.nat(0), count) },
)

function act(model: Model, action: string, first: number, second: number): void {
  if (action === 'write') model.write(first * 8, second * 8)
  else if (action === 'publish') model.publish()
  else if (action === 'read') model.read(first, second)
  else if (action === 'release') model.release(first, second)
  else if (action === 'resume') model.start(first, true)
  else if (action === 'join') model.start(first, false)
  else if (action === 'producer') model.restartProducer()
  else if (action === 'observe') model.observe(second)
  else {
    for (let each = 0; each < SEATS; each++) {
      model.read(each, 1000)
      model.release(each, 1000)
    }
  }
}

test('Random lives of a ring agree with the model', () => {
  fc.assert(
    fc.property(fc.array(actions, { minLength: 50, maxLength: 400 }), (steps) => {
      const model = new Model()
      for (const [action, first, second] of steps) act(model, action, first, second)
      model.publish()
      for (let each = 0; each < SEATS; each++) {
        model.read(each, 1000)
        expect(model.readers[each]!.nextSequence).toBe(model.published + 1)
      }
      model.observe(10_000)
      expect(model.seen + model.observer.lost[0]!).toBe(model.published)
    }),
    { numRuns: 300 },
  )
})
