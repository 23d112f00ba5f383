import { RecordType } from '../records/catalogue.ts'
import { beginRecord } from '../records/views.ts'
import { Control, RECORD_BYTES } from './plan.ts'
import type { BenchSide } from './side.ts'

/** Records made visible by one store of the tail, and given back by one store of the cursor. */
const BATCH_RECORDS = 256
/** Makes every value of the stream a double proper, as prices and times are. */
const FRACTION = 0.5

/** The leader's half of the ping-pong: one record out, one back. `stamp` is called before the first and after every trip. */
export function ping(side: BenchSide, trips: number, stamp: (trip: number) => void): void {
  stamp(0)
  for (let trip = 1; trip <= trips; trip++) {
    send(side, trip)
    receive(side, trip)
    stamp(trip)
    side.consumer.release()
  }
}

/** The follower's half: answers every record with one of the same number, then gives it back, as the kernels do. */
export function pong(side: BenchSide, trips: number): void {
  for (let trip = 1; trip <= trips; trip++) {
    receive(side, trip)
    send(side, trip)
    side.consumer.release()
  }
}

/** The leader's half of the bare round trips: one atomic store, one atomic load until it comes back. */
export function pingBare(side: BenchSide, trips: number): void {
  for (let trip = 1; trip <= trips; trip++) {
    Atomics.store(side.ownControl, Control.Ball, trip)
    side.await(Control.Ball, trip)
  }
}

/** The follower's half. */
export function pongBare(side: BenchSide, trips: number): void {
  for (let trip = 1; trip <= trips; trip++) {
    side.await(Control.Ball, trip)
    Atomics.store(side.ownControl, Control.Ball, trip)
  }
}

function send(side: BenchSide, trip: number): void {
  const { producer } = side
  let at = producer.tryClaim(RECORD_BYTES, 0)
  while (at < 0) {
    side.pause()
    at = producer.tryClaim(RECORD_BYTES, 0)
  }
  beginRecord(producer.views, at, RECORD_BYTES, RecordType.Signal, trip)
  producer.publish()
}

function receive(side: BenchSide, trip: number): void {
  const { consumer } = side
  let at = consumer.next()
  while (at < 0) {
    side.pause()
    at = consumer.next()
  }
  if (consumer.views.i32[(at >> 2) + 2] !== trip) throw new Error(`ring bench: trip ${trip} came back as another`)
}

/** The two header doubles that are the same in every record of the stream: length, type, flags, instrument, source, shard. */
const HEADER_WORDS = Int32Array.of(RECORD_BYTES, RecordType.Signal, 1, 0)
const HEADER_DOUBLES = new Float64Array(HEADER_WORDS.buffer)

/** Writes so many records as fast as the other side takes them: all eight doubles of each, published in batches. */
export function writeStream(side: BenchSide, records: number): void {
  const { producer } = side
  const { f64 } = producer.views
  const first = HEADER_DOUBLES[0]!
  const second = HEADER_DOUBLES[1]!
  let done = 0
  let value = FRACTION
  while (done < records) {
    const end = Math.min(records, done + BATCH_RECORDS)
    while (done < end) {
      const at = producer.tryClaim(RECORD_BYTES, 0)
      if (at < 0) {
        producer.publish()
        side.pause()
        continue
      }
      const slot = at >> 3
      done++
      value++
      f64[slot] = first
      f64[slot + 1] = second
      f64[slot + 2] = value
      f64[slot + 3] = value + 1
      f64[slot + 4] = value + 2
      f64[slot + 5] = value + 3
      f64[slot + 6] = value + 4
      f64[slot + 7] = value + 5
    }
    producer.publish()
  }
}

/** Reads so many records and checks every one of their doubles. @throws when one is not what was written */
export function readStream(side: BenchSide, records: number): void {
  const { consumer } = side
  let done = 0
  while (done < records) {
    const end = Math.min(records, done + BATCH_RECORDS)
    const read = readBatch(side, done, end)
    if (read === done) side.pause()
    else consumer.release()
    done = read
  }
}

function readBatch(side: BenchSide, from: number, end: number): number {
  const { consumer } = side
  const { f64 } = consumer.views
  const first = HEADER_DOUBLES[0]!
  const second = HEADER_DOUBLES[1]!
  let done = from
  let value = from + FRACTION
  while (done < end) {
    const at = consumer.next()
    if (at < 0) break
    const slot = at >> 3
    done++
    value++
    if (
      f64[slot] !== first ||
      f64[slot + 1] !== second ||
      f64[slot + 2] !== value ||
      f64[slot + 3] !== value + 1 ||
      f64[slot + 4] !== value + 2 ||
      f64[slot + 5] !== value + 3 ||
      f64[slot + 6] !== value + 4 ||
      f64[slot + 7] !== value + 5
    ) {
      throw new Error(`ring bench: record ${done} is not what was written`)
    }
  }
  return done
}
