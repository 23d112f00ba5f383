import { withoutNumber } from '../feed-bench/renumbering.ts'
import { FeedShared } from '../protocol/feed-shared.ts'
import { type DatagramProtocol, Packet, type PacketDecoder, type StreamProtocol } from '../protocol/protocol.ts'
import { RecordBatch } from '../record-batch.ts'
import { fieldsOfDatagram, fieldsOfStream } from './packet-fields.ts'
import { type PoisonedBuffer, poisonedBufferOf } from './poisoned-buffer.ts'
import { mix, mixRecords } from './record-digest.ts'
import { FUZZ_BOUNDS, FuzzFault, type FuzzSubject, type FuzzTarget, STEPS_MAX } from './target.ts'

/** Flows that the inputs come from, in turns: lines of one session. */
const FLOWS = 3
const SMALL_BATCH_BYTES = 8192

/**
 * A protocol of datagrams: its recognition, and its decoder alone. Each seed is there without its sequence number, too: a wrong
 * number makes all that lies before it old, and what is old is not decoded.
 */
export function datagramTarget(protocol: DatagramProtocol, numbered: readonly Uint8Array[]): FuzzTarget {
  const seeds = [...numbered, ...numbered.map((seed) => withoutNumber(protocol.name, seed))]
  const findFields = fieldsOfDatagram(protocol.name)
  return { name: protocol.name, seeds, findFields, open: (poison) => new DatagramSubject(protocol, poison) }
}

/** A protocol of streams: its recognition, and its decoder on pieces of which it leaves what is not whole. */
export function streamTarget(protocol: StreamProtocol, seeds: readonly Uint8Array[]): FuzzTarget {
  const findFields = fieldsOfStream(protocol.name)
  return { name: `${protocol.name}-stream`, seeds, findFields, open: (poison) => new StreamSubject(protocol, poison) }
}

abstract class PacketSubject<Decoder extends PacketDecoder> implements FuzzSubject {
  protected readonly decoder: Decoder
  protected readonly buffer: PoisonedBuffer
  readonly #batch = new RecordBatch(SMALL_BATCH_BYTES)
  protected inputs = 0

  constructor(decoder: Decoder, poison: number) {
    this.decoder = decoder
    this.buffer = poisonedBufferOf(poison)
  }

  abstract take(bytes: Uint8Array, length: number): number

  report(): unknown {
    return this.decoder.report()
  }

  /** Decodes what lies in the buffer, to its end. @returns a digest */
  protected decode(length: number, isCut: boolean): number {
    const { decoder, buffer } = this
    const batch = this.#batch
    batch.reset()
    const flow = this.inputs % FLOWS
    const packet = decoder.begin(buffer.bytes, buffer.at, length, flow, isCut, batch)
    let digest = mixRecords(mix(flow, packet), batch)
    if (packet !== Packet.Messages) return digest
    for (let steps = 0; !decoder.isDone; steps++) {
      if (steps === STEPS_MAX) throw new FuzzFault('the decoder does not come to an end')
      if (!batch.hasRoom()) batch.reset()
      const before = batch.usedBytes
      const records = decoder.next(batch)
      const counted = batch.countFrom(before)
      if (counted !== records) throw new FuzzFault(`next said ${records} records and appended ${counted}`)
      digest = mixRecords(digest, batch)
      batch.reset()
    }
    return digest
  }
}

class DatagramSubject extends PacketSubject<PacketDecoder> {
  readonly #protocol: DatagramProtocol

  constructor(protocol: DatagramProtocol, poison: number) {
    super(protocol.open(new FeedShared(FUZZ_BOUNDS)), poison)
    this.#protocol = protocol
  }

  take(bytes: Uint8Array, length: number): number {
    const { buffer } = this
    buffer.place(bytes, length)
    this.inputs++
    const isCut = this.inputs % 5 === 0
    return mix(this.#protocol.recognise(buffer.bytes, buffer.at, length, isCut), this.decode(length, isCut))
  }
}

class StreamSubject extends PacketSubject<ReturnType<StreamProtocol['open']>> {
  readonly #protocol: StreamProtocol

  constructor(protocol: StreamProtocol, poison: number) {
    super(protocol.open(new FeedShared(FUZZ_BOUNDS)), poison)
    this.#protocol = protocol
  }

  take(bytes: Uint8Array, length: number): number {
    const { buffer, decoder } = this
    buffer.place(bytes, length)
    this.inputs++
    if (this.inputs % 7 === 0) decoder.skipHole(this.inputs % FLOWS)
    const sureness = this.#protocol.recognise(buffer.bytes, buffer.at, length)
    const digest = this.decode(length, false)
    const { consumedBytes } = decoder
    if (consumedBytes < 0 || consumedBytes > length) {
      throw new FuzzFault(`${consumedBytes} bytes were used of a piece of ${length}`)
    }
    return mix(mix(digest, sureness), consumedBytes)
  }
}
