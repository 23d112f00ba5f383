import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { StoragePosition, StorageState } from '../../kernels/loop/storage-positions.ts'
import { RECORD_BYTES_MAX } from '../../kernels/records/catalogue.ts'
import { encodeRecord } from '../../kernels/records/codec.ts'
import { RecordViews } from '../../kernels/records/views.ts'
import { RingConsumer } from '../../kernels/ring/consumer.ts'
import { GatingSet, viewCursor } from '../../kernels/ring/gating.ts'
import { CursorLayout, ringSectionBytes } from '../../kernels/ring/layout.ts'
import { RingProducer } from '../../kernels/ring/producer.ts'
import { StorageKernel } from '../../kernels/storage/storage-kernel.ts'
import { DirectJournalSink } from '../../storage/journal/direct-sink.ts'
import { JournalStream } from '../../storage/journal/layout.ts'
import { verifyStorage } from '../../storage/journal/verify.ts'
import { JournalWriter } from '../../storage/journal/writer.ts'
import { MemoryStorage, refusal } from './support/memory-storage.ts'
import { IDENTITY, range, readAll, sampleRecord, sequencesOf } from './support/scripts.ts'

const { Inbound, Outbound } = JournalStream
const scratch = new RecordViews(new ArrayBuffer(RECORD_BYTES_MAX))

/** A ring on the heap with one gating consumer, which can be replaced as after a death. */
class TestRing {
  readonly producer: RingProducer
  readonly #ring: ArrayBuffer
  readonly #cursor = new ArrayBuffer(CursorLayout.Bytes)
  readonly #stream: JournalStream
  #epoch = 0
  sequence = 0

  constructor(stream: JournalStream, capacityBytes: number) {
    this.#stream = stream
    this.#ring = new ArrayBuffer(ringSectionBytes(capacityBytes))
    RingProducer.format(this.#ring, 0, capacityBytes)
    const membership = Int32Array.of(1)
    const gating = new GatingSet([{ cursor: viewCursor(this.#cursor, 0), membership, index: 0 }])
    this.producer = new RingProducer(this.#ring, 0, gating)
  }

  consume(): RingConsumer {
    const place = (buffer: ArrayBuffer) => ({ buffer, byteOffset: 0 })
    const consumer = new RingConsumer(place(this.#ring), place(this.#cursor))
    consumer.resume(++this.#epoch)
    return consumer
  }

  /** Publishes up to `count` records. @returns how many had room */
  publish(count: number): number {
    for (let i = 0; i < count; i++) {
      const bytes = encodeRecord(sampleRecord(this.#stream, this.sequence + 1), scratch, 0)
      const at = this.producer.tryClaim(bytes, 0)
      if (at < 0) return i
      this.producer.views.u8.set(scratch.u8.subarray(0, bytes), at)
      this.producer.publish()
      this.sequence++
    }
    return count
  }
}

interface Bench {
  readonly inbound: TestRing
  readonly outbound: TestRing
  readonly storage: MemoryStorage
}

function makeBench(capacityBytes = 4096): Bench {
  return {
    inbound: new TestRing(Inbound, capacityBytes),
    outbound: new TestRing(Outbound, capacityBytes),
    storage: new MemoryStorage(),
  }
}

function startKernel(bench: Bench, options: { batchBytesMin?: number; lingerSteps?: number } = {}): StorageKernel {
  const { writer, recovered } = JournalWriter.open(bench.storage, {
    identity: IDENTITY,
    segmentBytes: 64 * 1024,
    digests: true,
  })
  return new StorageKernel({
    sink: new DirectJournalSink(writer, { mode: 'async' }, () => 0),
    inbound: bench.inbound.consume(),
    outbound: bench.outbound.consume(),
    recovered,
    positions: new Float64Array(StoragePosition.Slots),
    ...options,
  })
}

function digestOf(stream: JournalStream, last: number): string {
  const hash = createHash('sha256')
  for (const sequence of range(1, last)) {
    hash.update(scratch.u8.subarray(0, encodeRecord(sampleRecord(stream, sequence), scratch, 0)))
  }
  return hash.digest('hex')
}

function expectWhole(bench: Bench, kernel: StorageKernel): void {
  while (kernel.step(1000) > 0);
  expect(kernel.flush()).toBe(true)
  kernel.close()
  const facts = verifyStorage(bench.storage)
  expect(facts).toMatchObject({ isClosed: true, damage: [], tornTail: null })
  for (const [stream, ring, digest] of [
    ['inbound', bench.inbound, kernel.inboundDigest],
    ['outbound', bench.outbound, kernel.outboundDigest],
  ] as const) {
    expect(facts[stream]).toMatchObject({ records: ring.sequence, lastSequence: ring.sequence })
    expect(facts[stream].digest).toBe(digest.hex())
    expect(facts[stream].digest).toBe(digestOf(stream === 'inbound' ? Inbound : Outbound, ring.sequence))
  }
}

test.each([
  ['every step', {}],
  ['large batches', { batchBytesMin: 100_000, lingerSteps: 60 }],
  ['a batch size that the ring never holds', { batchBytesMin: 1 << 30, lingerSteps: 3 }],
])('both rings are journaled whole over many laps: %s', (_name, options) => {
  const bench = makeBench()
  const kernel = startKernel(bench, options)
  for (let i = 0; i < 3000; i++) {
    bench.inbound.publish(i % 5)
    bench.outbound.publish(i % 2)
    kernel.step((i % 3) + 3)
  }
  expect(bench.inbound.sequence).toBeGreaterThan(500)
  expectWhole(bench, kernel)
})

test('the ring is given back only once a batch is written', () => {
  const bench = makeBench()
  const kernel = startKernel(bench, { batchBytesMin: 1 << 20, lingerSteps: 5 })
  bench.inbound.publish(10)
  const held = bench.inbound.producer.heldBytes()
  kernel.step(100)
  expect(kernel.positions[StoragePosition.CapturedInbound]).toBe(10)
  expect(kernel.positions[StoragePosition.WrittenInbound]).toBe(0)
  expect(bench.inbound.producer.heldBytes()).toBe(held)
  for (let i = 0; i < 6; i++) kernel.step(100)
  expect(kernel.positions[StoragePosition.WrittenInbound]).toBe(10)
  expect(kernel.positions[StoragePosition.DurableInbound]).toBe(0)
  expect(bench.inbound.producer.heldBytes()).toBe(0)
  kernel.close()
  expect(kernel.positions[StoragePosition.DurableInbound]).toBe(10)
  expect(kernel.state).toBe(StorageState.Closed)
})

test('a storage kernel killed at any step is followed by one that loses and doubles nothing', () => {
  for (let killAt = 1; killAt < 60; killAt++) {
    const bench = makeBench()
    let kernel = startKernel(bench, { batchBytesMin: 600, lingerSteps: 2 })
    for (let i = 0; i < 60; i++) {
      bench.inbound.publish(i % 4)
      bench.outbound.publish(i % 2)
      kernel.step(5)
      if (i % 20 === killAt % 20) kernel = startKernel(bench, { batchBytesMin: 600, lingerSteps: 2 })
    }
    expectWhole(bench, kernel)
  }
})

test('a kernel killed between write and release skips what the journal has', () => {
  const bench = makeBench()
  bench.inbound.publish(7)
  startKernel(bench).step(100)
  const again = makeBench()
  const restarted = { ...again, storage: bench.storage }
  again.inbound.publish(9)
  const next = startKernel(restarted)
  next.step(4)
  expect(next.positions[StoragePosition.SkippedRecords]).toBe(4)
  expect(next.positions[StoragePosition.CapturedInbound]).toBe(7)
  next.step(100)
  expect(next.positions[StoragePosition.SkippedRecords]).toBe(7)
  expectWhole(restarted, next)
})

test('a refused write fails the kernel for good, and the rings keep what is not written', () => {
  const bench = makeBench()
  const kernel = startKernel(bench)
  bench.inbound.publish(5)
  kernel.step(100)
  bench.storage.onCall = () => {
    throw refusal('ENOSPC')
  }
  bench.inbound.publish(5)
  kernel.step(100)
  expect(kernel.state).toBe(StorageState.Failed)
  expect(kernel.positions[StoragePosition.WrittenInbound]).toBe(5)
  expect(bench.inbound.producer.heldBytes()).toBeGreaterThan(0)
  expect(kernel.step(100)).toBe(0)
  expect(() => kernel.close()).toThrow(/ENOSPC/)
  bench.storage.onCall = (_call, _index, bytes) => bytes
  expect(sequencesOf(readAll(bench.storage), Inbound)).toEqual(range(1, 5))
})
